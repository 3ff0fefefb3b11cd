"""A plan to be changed, and what it comes to as its rows and its outlook say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from kits import clock, host
from subscriptions.controls.outlook import Facts, Outlook, facts, outlook
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver

Ask = Callable[..., Outlook]


def later(needs: list[tuple[date, str]], by: int) -> list[tuple[date, str]]:
    """The same so many days later, and each no sooner than the box before it is empty."""
    found: list[tuple[date, str]] = []
    for day, state in needs:
        earliest = found[-1][0] + relativedelta(months=3) if found else day
        found.append((max(day + timedelta(by), earliest), state))
    return found


@pytest.fixture
def plan_id(bought: Bought) -> int:
    """The id of a running plan of ten sessions every four weeks from today: two refills."""
    assert bought.subscription_id is not None
    return bought.subscription_id


@pytest.fixture
def asked(plan_id: int) -> Ask:
    """`asked()`: the plan's outlook as it stands; `asked(change)`: what it would be."""

    def look(change: Callable[[Subscription, Facts], Facts] | None = None) -> Outlook:
        plan = host.session().get_one(Subscription, plan_id, populate_existing=True)
        try:
            known = facts(plan, clock.today(clock.now()))
            return outlook(known, (lambda known: change(plan, known)) if change else (lambda known: known))
        finally:
            host.end_reads()

    return look


@pytest.fixture
def needs(driver: Driver, bought: Bought) -> Callable[[], list[tuple[date, str]]]:
    """The days of need and the states of the plan's refills as the rows say."""
    return lambda: [(refill.needed_on, refill.state) for refill in driver.refills(bought)]

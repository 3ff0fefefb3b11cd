"""A new price announced to running plans, and what their customers are told and charged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.catalogue.first_kit import SLUG
from subscriptions.prices.announcing import NewRefillPrice, announce
from subscriptions.prices.tables import PlanPrice
from subscriptions.tables import Subscription
from tests.journeys.driving import Driver
from tests.shop.admin.conftest import staff  # noqa: F401

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """A plan's part in a change, as plain values."""

    id: int
    state: str
    old_amount: int
    new_amount: int
    announced_at: datetime | None
    accepted_at: datetime | None
    from_day: date
    mail_id: int | None


def told() -> list[Told]:
    """All plans' parts in all changes, the oldest first."""
    columns = [getattr(PlanPrice, name) for name in Told.__annotations__]
    found = [Told(*row) for row in host.session().execute(select(*columns).order_by(PlanPrice.id))]
    host.end_reads()
    return found


def refill_charges(driver: Driver) -> list[int]:
    """What each refill's charge took, by the refill's number."""
    charges = [charge for charge in driver.sandbox.charges() if "refill" in charge["metadata"]]
    return [charge["amount"] for charge in sorted(charges, key=lambda charge: charge["metadata"]["refill"])]


def plan_prices() -> list[int]:
    """What a box costs in each plan now."""
    found = list(host.session().scalars(select(Subscription.refill_amount).order_by(Subscription.id)))
    host.end_reads()
    return found


@pytest.fixture
def say(driver: Driver) -> Callable[..., int]:
    """`say(5200, days_ahead=30)` announces a price for the kit's running plans; the change's id."""
    made = 0

    def announced(amount: int, days_ahead: int = 30, submission: str = "") -> int:
        nonlocal made
        made += 1
        now = clock.now()
        new = NewRefillPrice(amount, clock.today(now) + timedelta(days=days_ahead), submission or f"form-{made}")
        return announce(SLUG, new, actor="staff:1", now=now)

    return announced


@pytest.fixture
def letters(mail_folder: Path) -> Callable[[str], list[str]]:
    """`letters("cost more")`: the texts of the mails sent whose subject holds these words, the oldest first."""

    def sent(words: str) -> list[str]:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mail_folder.iterdir())]
        texts: list[Any] = [mail.get_body(("plain",)) for mail in mails if words in str(mail["Subject"])]
        return [str(text.get_content()) for text in texts]

    return sent


def an_hour_later(driver: Driver) -> None:
    """Let the time pass in which a change can be undone, and the mails leave."""
    driver.travel(clock.now() + HOUR)

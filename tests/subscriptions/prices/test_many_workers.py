"""Several workers, and staff meanwhile: each plan is told once, and what is undone is told to nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import WrongState
from shop.registers import registers
from shop.work import duties
from shop.work.outbox import OutboxMail
from subscriptions.duties import give_notice
from subscriptions.prices.announcing import undo
from subscriptions.prices.telling import hold, tell
from tests.journeys.driving import Bought, Driver, days
from tests.servers.commands import Commands
from tests.subscriptions.prices.conftest import an_hour_later, plan_prices, refill_charges, told

PLANS = 4
AtOnce = Callable[..., list[Any]]
Say = Callable[..., int]
pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


def price_mails() -> list[str]:
    found = list(host.session().scalars(select(OutboxMail.to).where(OutboxMail.key.like("price-%"))))
    host.end_reads()
    return found


def test_two_workers_at_once_tell_each_plan_once_and_charge_what_was_named(
    driver: Driver, run_command: Commands, say: Say
) -> None:
    plans = [driver.buy() for _ in range(PLANS)]
    say(5200)
    driver.travel(clock.now() + timedelta(hours=1), work=False)
    run_command.at_once(2, "shop", "work", "--once")
    assert len(price_mails()) == len(set(price_mails())) == PLANS
    driver.travel(clock.now() + days(31))
    assert plan_prices() == [5200] * PLANS
    driver.until_due(plans[-1])
    run_command.at_once(2, "shop", "work", "--once")
    assert refill_charges(driver) == [5200] * PLANS


@pytest.mark.parametrize("who", [0, 1])
def test_undoing_while_the_first_mail_is_written_does_one_of_the_two(
    who: int, driver: Driver, bought: Bought, say: Say, at_once: AtOnce
) -> None:
    change = say(5200)
    driver.travel(clock.now() + timedelta(hours=1), work=False)
    now = clock.now()
    both = [partial(undo, change, actor="staff:1", now=now), partial(tell, told()[0].id, now)]
    results = at_once(both if who else both[::-1])
    refused = [each for each in results if isinstance(each, BaseException)]
    assert all(isinstance(each, WrongState) for each in refused)
    assert (told()[0].state, len(price_mails())) == (("told", 1) if refused else ("undone", 0))


def test_a_price_that_begins_to_hold_while_a_notice_is_written_is_in_it_or_is_not(
    driver: Driver, bought: Bought, say: Say, at_once: AtOnce
) -> None:
    first = driver.refill(bought)
    driver.travel(first.notice_on - days(30))
    say(5200)
    an_hour_later(driver)
    driver.travel(first.notice_on, work=False)
    now, row = clock.now(), told()[0]
    assert row.from_day <= clock.today(now)
    results = at_once([partial(hold, row.id, now), partial(give_notice, first.id, now)])
    assert results == [None, None]
    duties.one_round(registers().duties)
    named = driver.refill(bought).notice_amount
    assert named in (4900, 5200)
    [text] = host.session().scalars(select(OutboxMail.text).where(OutboxMail.key.like("advance_notice-%"))).all()
    host.end_reads()
    assert text.startswith(f"We will charge £{(named or 0) / 100:.2f} ")
    driver.travel(driver.refill(bought).charge_on)
    driver.travel(driver.refill(bought).charge_on)
    assert refill_charges(driver) == [named]

"""Billing on a calendar: a worker that slept, days on which the clocks change, clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from shop.payments.tables import SAVED_CARD, PaymentAttempt
from shop.registers import registers
from shop.work import duties
from subscriptions.duties import charge_due, start_of
from subscriptions.tables import Refill
from tests.journeys.driving import Driver, days


def charged_orders() -> list[int]:
    """The refill orders in the order in which their charges were begun."""
    mine = select(PaymentAttempt.order_id).where(PaymentAttempt.way == SAVED_CARD).order_by(PaymentAttempt.id)
    found = list(host.session().scalars(mine))
    host.end_reads()
    return found


def due_at(moment: datetime) -> list[int]:
    found = list(host.session().scalars(select(Refill.id).where(charge_due(moment))))
    host.end_reads()
    return found


@pytest.mark.parametrize(
    ("at", "midnight"),
    [
        ("2027-03-28T00:30+00:00", "2027-03-27T00:00+00:00"),  # an hour before the clocks go forward
        ("2027-03-28T22:59+00:00", "2027-03-27T00:00+00:00"),  # the same day, an hour before it ends
        ("2027-03-28T23:00+00:00", "2027-03-28T00:00+00:00"),  # midnight of a day that began an hour early
        ("2027-03-29T23:00+00:00", "2027-03-28T23:00+00:00"),
        ("2027-10-31T00:30+00:00", "2027-10-29T23:00+00:00"),  # 01:30, for the first time
        ("2027-10-31T01:30+00:00", "2027-10-29T23:00+00:00"),  # 01:30, for the second time
        ("2027-11-01T00:00+00:00", "2027-10-30T23:00+00:00"),
    ],
)
def test_yesterday_begins_at_its_own_midnight_when_the_clocks_change(app: Flask, at: str, midnight: str) -> None:
    assert start_of(datetime.fromisoformat(at), 1) == datetime.fromisoformat(midnight).astimezone(UTC)


def test_a_worker_that_slept_for_a_week_charges_once_and_those_first_that_need_it_most(driver: Driver) -> None:
    later = driver.buy(every_weeks=4)
    first_day = clock.today(clock.now())
    driver.travel(first_day + days(2))
    latest = driver.buy()
    with host.unit() as session:  # the one that was bought first is needed last: its customer has moved it
        moved = session.scalars(select(Refill).where(Refill.subscription_id == later.subscription_id)).first()
        assert moved is not None
        for name in ("needed_on", "notice_on", "charge_on"):
            setattr(moved, name, getattr(moved, name) + days(4))
    driver.travel(driver.refill(later).notice_on)
    driver.travel(driver.refill(later).charge_on + days(7), work=False)
    duties.run_once(registers().duties)
    assert charged_orders() == [driver.refill(latest).order_id, driver.refill(later).order_id]
    assert {driver.refill(each).state for each in (later, latest)} == {"paid"}
    duties.run_once(registers().duties)
    assert sum(driver.charges().values()) == 4


def test_a_clock_that_jumps_back_after_a_charge_charges_nothing_again(driver: Driver) -> None:
    bought = driver.buy()
    day = driver.until_due(bought).charge_on
    driver.work()
    now = clock.now()
    for earlier in (now - days(1), now - days(30), now - days(365)):
        duties.run_once(registers().duties, lambda at=earlier: at)
        assert due_at(earlier) == []
    duties.run_once(registers().duties)
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}
    assert driver.refill(bought).paid_on == day


def test_a_charge_is_due_from_the_midnight_of_its_day_on_and_not_before(driver: Driver) -> None:
    bought = driver.buy()
    refill = driver.until_due(bought)
    midnight = start_of(clock.now(), 0)
    assert due_at(midnight) == [refill.id]
    assert due_at(midnight - days(1)) == []
    assert due_at(datetime.fromtimestamp(midnight.timestamp() - 1, UTC)) == []

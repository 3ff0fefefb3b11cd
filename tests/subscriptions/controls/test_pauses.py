"""A pause moves what is to come and ends by itself; a hold stops all until its customer says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from kits import clock, host
from kits.errors import BadInput, WrongState
from subscriptions.controls import pauses
from subscriptions.controls.doing import taken
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.controls.conftest import Ask, later

Needs = Callable[[], list[tuple[date, str]]]
Subjects = Callable[[], list[str]]


def pause(plan_id: int, until: date) -> None:
    pauses.pause(plan_id, until, actor="customer", now=clock.now())


def hold(plan_id: int) -> bool:
    return pauses.hold(plan_id, actor="customer", now=clock.now())


def go_on(plan_id: int) -> bool:
    with host.unit() as session:
        plan, _ = taken(session, plan_id)
        return pauses.go_on(session, plan, actor="customer", now=clock.now())


def test_a_pause_moves_all_that_is_to_come_by_its_length(
    plan_id: int, needs: Needs, asked: Ask, today: date, subjects: Subjects, driver: Driver
) -> None:
    before, last = needs(), asked().last_session
    shown = asked(lambda _, known: pauses.paused(today + days(30), today, known))
    pause(plan_id, today + days(30))
    assert (needs(), asked().last_session, asked()) == (later(before, 30), last + days(30), shown)
    driver.work()
    assert subjects()[-1] == "Your plan has changed"


def test_a_pause_gets_a_new_end_or_ends_today(plan_id: int, needs: Needs, today: date, driver: Driver) -> None:
    before = needs()
    pause(plan_id, today + days(30))
    pause(plan_id, today + days(50))
    assert needs() == later(before, 50)
    driver.travel(today + days(10))
    pauses.end_pause(plan_id, actor="customer", now=clock.now())
    pauses.end_pause(plan_id, actor="customer", now=clock.now())
    assert needs() == later(before, 10)


def test_nothing_is_charged_within_a_pause(plan_id: int, driver: Driver, bought: Bought) -> None:
    due = driver.until_due(bought).charge_on
    pause(plan_id, due + days(5))
    driver.travel(due + days(4))
    assert driver.charges()[bought.number, "1"] == 0
    driver.travel(due + days(5))
    assert driver.charges()[bought.number, "1"] == 1


@pytest.mark.parametrize("ahead", [-1, 0, 366, 100_000])
def test_a_pause_ends_after_today_and_within_a_year(ahead: int, plan_id: int, needs: Needs, today: date) -> None:
    before = needs()
    with pytest.raises(BadInput):
        pause(plan_id, today + days(ahead))
    assert needs() == before


def test_a_hold_stops_everything_until_it_is_taken_back_and_then_moves_it(
    plan_id: int, driver: Driver, bought: Bought, needs: Needs, today: date, subjects: Subjects
) -> None:
    before = needs()
    assert (hold(plan_id), hold(plan_id)) == (True, False)
    driver.travel(today + days(200))
    assert (driver.charges()[bought.number, "1"], needs()) == (0, before)
    assert subjects().count("Your plan is on hold") == 1
    assert (go_on(plan_id), go_on(plan_id)) == (True, False)
    assert needs() == later(before, 200)


def test_a_pause_that_becomes_a_hold_moves_nothing_until_it_goes_on(
    plan_id: int, needs: Needs, driver: Driver, today: date
) -> None:
    before = needs()
    pause(plan_id, today + days(30))
    hold(plan_id)
    assert needs() == before
    driver.travel(today + days(40))
    go_on(plan_id)
    assert needs() == later(before, 40)


def test_a_held_plan_is_not_paused(plan_id: int, today: date) -> None:
    hold(plan_id)
    with pytest.raises(WrongState, match="on hold"):
        pause(plan_id, today + days(10))


def test_a_charge_that_is_out_does_not_keep_a_customer_from_holding(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    driver.until_due(bought)
    driver.work()
    assert hold(plan_id)
    assert driver.refill(bought).state == "paid"

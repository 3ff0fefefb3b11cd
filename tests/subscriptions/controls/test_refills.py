"""A customer moves a refill later, leaves it out, or takes that back: what was shown before is what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from sqlalchemy import update

from kits import clock, host
from kits.errors import BadInput, NotFound, WrongState
from subscriptions.billing.billing import bill
from subscriptions.controls import changing, refills, session_log
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.controls.conftest import Ask

Needs = Callable[[], list[tuple[date, str]]]


def move(plan_id: int, number: int, weeks: int) -> None:
    refills.move(plan_id, number, weeks, actor="customer", now=clock.now())


def skip(plan_id: int, number: int) -> None:
    refills.skip(plan_id, number, actor="customer", now=clock.now())


def send(plan_id: int, number: int) -> None:
    refills.send_after_all(plan_id, number, actor="customer", now=clock.now())


def test_a_refill_is_moved_later_and_back(plan_id: int, needs: Needs) -> None:
    before = needs()
    move(plan_id, 1, 3)
    assert needs()[0] == (before[0][0] + days(21), "scheduled")
    move(plan_id, 1, 1)
    assert needs()[0] == (before[0][0] + days(7), "scheduled")
    move(plan_id, 1, 0)
    assert needs() == before


@pytest.mark.parametrize("weeks", [-1, 13, 10**9])
def test_a_refill_is_moved_by_up_to_twelve_weeks(weeks: int, plan_id: int, needs: Needs) -> None:
    before = needs()
    with pytest.raises(BadInput, match="up to 12 weeks"):
        move(plan_id, 1, weeks)
    assert needs() == before


def test_what_is_shown_before_a_move_is_what_becomes_of_it(plan_id: int, asked: Ask) -> None:
    shown = asked(lambda _, known: refills.moved(1, 5, known))
    move(plan_id, 1, 5)
    assert asked() == shown


def test_an_announced_refill_that_is_moved_is_announced_anew_before_it_is_charged(
    plan_id: int, driver: Driver, bought: Bought, subjects: Callable[[], list[str]]
) -> None:
    told = driver.until_due(bought).charge_on
    move(plan_id, 1, 6)
    driver.work()
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == ("scheduled", 0)
    assert driver.until_due(bought).charge_on == told + days(42)
    driver.work()
    assert driver.charges()[bought.number, "1"] == 1
    assert subjects().count("Your next serum refill") == 2


def test_a_worker_that_found_a_refill_due_before_it_was_moved_charges_nothing(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    refill = driver.until_due(bought)
    move(plan_id, 1, 1)  # its notice stands, so it stays announced
    assert driver.refill(bought).state == "notified"
    bill(refill.id, clock.now())
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == ("notified", 0)


def test_a_refill_left_out_is_neither_charged_nor_sent_and_can_be_sent_after_all(
    plan_id: int, needs: Needs, asked: Ask
) -> None:
    [first, second] = needs()
    shown = asked(lambda _, known: refills.left_out(1, known))
    skip(plan_id, 1)
    skip(plan_id, 1)
    assert needs() == [(first[0], "cancelled"), second]
    assert asked() == shown
    send(plan_id, 1)
    send(plan_id, 1)
    assert needs() == [first, second]


def test_a_declined_refill_is_closed_at_the_gateway_before_it_is_moved_and_ordered_anew(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    declined = _declined(driver, bought)
    move(plan_id, 1, 4)
    assert driver.state(declined) == "cancelled"
    assert (driver.refill(bought).state, driver.refill(bought).order_id) == ("scheduled", None)


def test_a_declined_refill_that_is_left_out_is_closed_at_the_gateway(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    declined = _declined(driver, bought)
    skip(plan_id, 1)
    assert (driver.state(declined), driver.refill(bought).state) == ("cancelled", "cancelled")
    driver.card_behaves(bought, None)
    driver.travel(driver.refill(bought).charge_on + days(30))
    assert driver.charges()[bought.number, "1"] == 0


@pytest.mark.parametrize("change", [partial(move, weeks=2), skip])
def test_nothing_is_moved_while_a_payment_is_being_made(
    change: Callable[..., None], plan_id: int, bought: Bought
) -> None:
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.number == 1).values(state="charging"))
    with pytest.raises(WrongState, match="being made just now"):
        change(plan_id, number=2)


@pytest.mark.parametrize("change", [partial(move, weeks=2), skip])
def test_a_refill_that_was_paid_or_is_not_there_is_not_moved(
    change: Callable[..., None], plan_id: int, driver: Driver, bought: Bought
) -> None:
    driver.until_due(bought)
    driver.work()
    with pytest.raises(WrongState, match="no longer to come"):
        change(plan_id, number=1)
    with pytest.raises(NotFound):
        change(plan_id, number=3)


def test_a_refill_moved_past_the_plans_end_is_dropped_and_comes_back_when_the_move_is_undone(driver: Driver) -> None:
    bought = driver.buy(sessions=6, every_weeks=4)
    before = driver.refill(bought)
    move(bought.subscription_id or 0, 1, 12)
    assert driver.refill(bought).state == "dropped"
    move(bought.subscription_id or 0, 1, 11)
    assert driver.refill(bought).state == "dropped"
    move(bought.subscription_id or 0, 1, 0)
    assert driver.refill(bought) == before


def test_a_refill_left_out_is_not_sent_once_the_next_one_was_announced(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    skip(plan_id, 1)
    driver.until_due(bought, 2)
    with pytest.raises(WrongState, match="no longer to come"):
        send(plan_id, 1)
    driver.work()
    with pytest.raises(WrongState, match="no longer to come"):
        send(plan_id, 1)
    driver.work()
    assert [refill.state for refill in driver.refills(bought)] == ["cancelled", "paid"]


def test_a_dropped_refill_comes_back_no_more_once_a_later_one_was_announced(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.number == 1).values(state="dropped", moved_days=84))
    driver.until_due(bought, 2)
    with pytest.raises(WrongState, match="no longer to come"):
        move(plan_id, 1, 0)
    driver.work()
    session_log.skip(plan_id, 10, actor="customer", now=clock.now())
    assert [refill.state for refill in driver.refills(bought)] == ["dropped", "paid"]


def test_the_customer_is_told_that_a_declined_refill_is_no_longer_needed(
    driver: Driver, subjects: Callable[[], list[str]]
) -> None:
    bought = driver.buy(sessions=10, every_weeks=2)
    plan = bought.subscription_id or 0
    move(plan, 1, 1)
    order_id = _declined(driver, bought)
    driver.work()
    changing.change_plan(plan, 8, 2, actor="customer", now=clock.now())
    driver.card_behaves(bought, None)
    driver.work()
    assert (driver.refill(bought).state, driver.state(order_id)) == ("dropped", "cancelled")
    assert subjects().count("A refill is no longer needed") == 1
    assert driver.charges()[bought.number, "1"] == 0


def test_of_a_declined_refill_that_ends_with_its_plan_the_end_mail_is_enough(
    driver: Driver, bought: Bought, plan_id: int, subjects: Callable[[], list[str]]
) -> None:
    _declined(driver, bought)
    driver.travel(clock.now() + days(330))
    assert subjects().count("A refill is no longer needed") == 0
    assert subjects().count("Your refills have ended") == 1


def _declined(driver: Driver, bought: Bought) -> int:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    found = driver.refill(bought)
    assert found.state == "declined"
    assert found.order_id
    return found.order_id

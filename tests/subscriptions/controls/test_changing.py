"""A plan is changed under way: its sessions, their spacing, the boxes of a refill, and where they go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import BadInput, WrongState
from shop.orders.checkout import Address
from shop.orders.tables import Order
from subscriptions.controls import changing
from subscriptions.tables import Refill, Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.controls.conftest import Ask
from tests.subscriptions.recall.seeing import values

Needs = Callable[[], list[tuple[date, str]]]
HOME = Address("9 Hill Street", "Leeds", "ls11ba", "GB")


def plan(plan_id: int, sessions: int, every_weeks: int) -> None:
    changing.change_plan(plan_id, sessions, every_weeks, actor="customer", now=clock.now())


def boxes(plan_id: int, quantity: int) -> None:
    changing.change_quantity(plan_id, quantity, actor="customer", now=clock.now())


def home(plan_id: int, address: Address = HOME, name: str = "B. Uyer") -> None:
    changing.change_address(plan_id, name, address, actor="customer", now=clock.now())


def test_the_next_session_stays_and_those_after_it_come_at_the_new_spacing(
    plan_id: int, asked: Ask, today: date, needs: Needs
) -> None:
    shown = asked(lambda row, known: changing.spaced(row, 10, 2, today, known))
    first = needs()[0]
    plan(plan_id, 10, 2)
    assert asked() == shown
    assert asked().course.session_dates == tuple(today + days(14 * n) for n in range(10))
    assert [state for _, state in needs()] == ["scheduled", "dropped"]
    assert needs()[0] == first


def test_more_sessions_take_a_refill_more_and_fewer_drop_it_again(driver: Driver, today: date) -> None:
    bought = driver.buy(sessions=6, every_weeks=4)
    assert [refill.number for refill in driver.refills(bought)] == [1]
    plan(bought.subscription_id or 0, 10, 4)
    assert [(refill.number, refill.state) for refill in driver.refills(bought)] == [(1, "scheduled"), (2, "scheduled")]
    plan(bought.subscription_id or 0, 6, 4)
    assert [(refill.number, refill.state) for refill in driver.refills(bought)] == [(1, "scheduled"), (2, "dropped")]


def test_what_was_agreed_to_is_on_record_and_the_same_again_is_no_change(plan_id: int, today: date) -> None:
    plan(plan_id, 8, 3)
    plan(plan_id, 8, 3)
    [agreed] = values(select(Subscription.changed))
    assert agreed == [[2, 8, 3, today.isoformat()]]


@pytest.mark.parametrize(
    ("sessions", "weeks", "field"),
    [(5, 4, "sessions"), (11, 4, "sessions"), (8, 1, "every_weeks"), (8, 5, "every_weeks")],
)
def test_a_plan_stays_within_its_kits_limits(sessions: int, weeks: int, field: str, plan_id: int, needs: Needs) -> None:
    before = needs()
    with pytest.raises(BadInput) as wrong:
        plan(plan_id, sessions, weeks)
    assert (wrong.value.field, needs()) == (field, before)


def test_sessions_that_were_had_are_not_taken_away(plan_id: int, driver: Driver, today: date) -> None:
    driver.travel(today + days(28 * 7))
    with pytest.raises(BadInput, match="Session 8 is your next"):
        plan(plan_id, 7, 4)


def test_after_the_last_session_there_is_nothing_to_change(driver: Driver, today: date, plan_id: int) -> None:
    driver.travel(today + days(28 * 9 + 1), work=False)
    with pytest.raises(WrongState):
        plan(plan_id, 8, 4)


def test_more_boxes_than_a_notice_named_are_announced_before_they_are_charged(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    told = driver.until_due(bought)
    boxes(plan_id, 2)
    driver.work()
    assert driver.charges()[bought.number, "1"] == 0
    assert driver.refill(bought).notice_amount == 2 * (told.notice_amount or 0)
    driver.travel(told.charge_on + days(7))
    assert driver.charges()[bought.number, "1"] == 1


def test_fewer_boxes_are_charged_on_the_day_that_was_announced(plan_id: int, driver: Driver, bought: Bought) -> None:
    boxes(plan_id, 3)
    told = driver.until_due(bought)
    boxes(plan_id, 1)
    driver.work()
    [total] = values(select(Order.total_amount).where(Order.kind == "refill"))
    assert total * 3 == told.notice_amount


@pytest.mark.parametrize("quantity", [0, -1, 11])
def test_a_refill_holds_one_box_to_ten(quantity: int, plan_id: int) -> None:
    with pytest.raises(BadInput):
        boxes(plan_id, quantity)


def test_refills_go_to_the_new_address_and_what_is_ordered_already_to_the_old_one(
    plan_id: int, driver: Driver, bought: Bought
) -> None:
    driver.until_due(bought)
    driver.work()
    home(plan_id)
    home(plan_id, Address("10 Hill Street", "Leeds", "LS1 1BA", "GB"))
    driver.until_due(bought, 2)
    driver.work()
    ordered = values(select(Order.line1).where(Order.kind == "refill").order_by(Order.id))
    assert ordered == ["1 Garden Row", "10 Hill Street"]
    with host.unit() as session:
        second = session.scalars(select(Order).where(Order.kind == "refill").order_by(Order.id)).all()[1]
        assert (second.name, second.postcode, second.total_amount) == ("B. Uyer", "LS1 1BA", 4900)
        assert session.scalars(select(Refill.state).order_by(Refill.number)).all() == ["paid", "paid"]


@pytest.mark.parametrize(
    ("address", "name", "field"),
    [
        (Address("", "Leeds", "LS1 1BA", "GB"), "B", "line1"),
        (Address("9 Hill", "Leeds", "nowhere", "GB"), "B", "postcode"),
        (Address("9 Hill", "Oslo", "0150", "NO"), "B", "country"),
        (HOME, "x" * 121, "name"),
        (HOME, " ", "name"),
    ],
)
def test_an_address_that_cannot_be_taken_changes_nothing(address: Address, name: str, field: str, plan_id: int) -> None:
    with pytest.raises(BadInput) as wrong:
        home(plan_id, address, name)
    assert wrong.value.field == field

"""A recalled box is replaced once and for nothing; when the replacement leaves, the plan goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import WrongState
from kits.stock.tables import Commitment, Lot, Reservation
from shop.orders.parcels import ship
from shop.orders.tables import Order, OrderLine
from shop.payments.giving_back import money_back
from shop.payments.hosted import release
from shop.payments.tables import PaymentAttempt
from subscriptions.recall.replacing import end_hold, replace_box
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.recall.conftest import ROLLER_LOT
from tests.subscriptions.recall.seeing import box, boxes, holds, last_session, values

Buy = Callable[..., Bought]
Deliver = Callable[..., None]
Subjects = Callable[[], list[str]]
NEW_DATES = "Your plan goes on: its new dates"


@pytest.fixture
def held(driver: Driver, shipped: Buy, recalled: Callable[..., int]) -> Bought:
    """A plan whose box was recalled: its customer was told, it rests, and no other serum is there."""
    bought = shipped()
    recalled()
    driver.work()
    return bought


def replace(bought: Bought) -> bool:
    return replace_box(box(bought).id, actor="customer", now=clock.now())


def send(bought: Bought) -> None:
    ship(box(bought).replacement or 0, tracking="", actor="staff:1", now=clock.now())


def test_a_replacement_is_free_paid_for_and_goes_to_the_same_address(held: Bought, deliver: Deliver) -> None:
    deliver("GOOD", 5)
    assert replace(held) is True
    session = host.session()
    order, first = (session.get_one(Order, each) for each in (box(held).replacement, held.order_id))
    session.add_all((order, first))
    assert (order.kind, order.state, order.total_amount, order.root_number) == ("replacement", "paid", 0, held.number)
    assert all(getattr(order, name) == getattr(first, name) for name in ("customer_id", "line1", "postcode", "name"))
    [line] = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id))
    assert (line.title, line.quantity, line.unit_amount) == ("Replacement: Serum, three months", 1, 0)
    host.end_reads()
    assert values(select(PaymentAttempt.id).where(PaymentAttempt.order_id == box(held).replacement)) == []


def test_a_box_is_replaced_once_however_often_it_is_asked_for(
    held: Bought, deliver: Deliver, at_once: Callable[..., list[object]]
) -> None:
    deliver("GOOD", 5)
    mine, now = box(held).id, clock.now()
    at_once([lambda: replace_box(mine, actor="customer", now=now)] * 4)
    assert len(values(select(Order.id).where(Order.kind == "replacement"))) == 1


def test_a_replacement_comes_before_new_kits_but_lasts_for_the_moved_sessions(
    driver: Driver, held: Bought, deliver: Deliver, today: date
) -> None:
    deliver("GOOD", 1)
    [item] = values(select(Lot.item_id).where(Lot.code == "GOOD"))
    with host.unit() as session:
        kept = {"quantity": 1, "serves_until": today, "wanted_on": today, "made_at": clock.now()}
        session.add(Commitment(source="refill 999", item_id=item, **kept))
    driver.travel(today + days(10), work=False)
    assert replace(held) is True
    [sold] = values(select(OrderLine.serves_until).where(OrderLine.order_id == held.order_id))
    [until] = values(select(Reservation.serves_until).order_by(Reservation.id.desc()).limit(1))
    assert until == sold + days(10) + days(14), "it rested ten days, and the parcel may take two weeks to leave"


def test_without_stock_the_wish_is_kept_and_met_when_stock_arrives(
    driver: Driver, held: Bought, deliver: Deliver, subjects: Subjects
) -> None:
    assert (replace(held), box(held).waits, box(held).replacement) == (False, True, None)
    driver.travel(clock.now() + timedelta(hours=3))
    assert box(held).replacement is None
    deliver("GOOD", 5)
    driver.travel(clock.now() + timedelta(minutes=1))
    assert (box(held).waits, driver.state(box(held).replacement)) == (False, "paid")
    assert subjects().count("Your replacement is being packed") == 1


def test_a_replacement_that_was_there_at_once_is_not_written_about(
    driver: Driver, held: Bought, deliver: Deliver, subjects: Subjects
) -> None:
    deliver("GOOD", 5)
    replace(held)
    driver.work()
    assert "Your replacement is being packed" not in subjects()


def test_a_box_of_which_nobody_was_told_is_not_replaced(
    shipped: Buy, recalled: Callable[..., int], deliver: Deliver
) -> None:
    bought = shipped()
    recalled()
    deliver("GOOD", 5)
    replace(bought)
    assert box(bought).replacement is None


def test_a_box_that_was_used_up_is_not_replaced(
    driver: Driver, shipped: Buy, recalled: Callable[..., int], deliver: Deliver, today: date
) -> None:
    bought = shipped()
    driver.travel(today + days(100))
    recalled()
    deliver("GOOD", 5)
    driver.work()
    with pytest.raises(WrongState):
        replace(bought)


def test_a_box_of_a_kit_that_was_given_back_is_not_replaced(held: Bought, deliver: Deliver) -> None:
    deliver("GOOD", 5)
    money_back.by_staff(held.order_id, 8900, reason="goodwill", note="", mark="m", actor="staff:1", now=clock.now())
    with pytest.raises(WrongState, match="nothing to replace"):
        replace(held)
    assert values(select(Order.id).where(Order.kind == "replacement")) == []


def test_a_wish_that_is_over_before_stock_arrives_is_let_go(driver: Driver, shipped: Buy, recalled: Callable[..., int],
                                                             deliver: Deliver, today: date) -> None:  # fmt: skip
    bought = shipped(refills=False)
    recalled()
    driver.work()
    assert replace(bought) is False
    driver.travel(today + days(300), work=False)
    deliver("GOOD", 5)
    driver.work()
    assert (box(bought).waits, box(bought).replacement) == (False, None)


def test_the_plan_goes_on_when_the_replacement_leaves_and_its_customer_is_told_the_dates(
    driver: Driver, held: Bought, deliver: Deliver, subjects: Subjects, today: date
) -> None:
    last = last_session(held)
    deliver("GOOD", 5)
    replace(held)
    driver.travel(today + days(12))
    assert subjects().count(NEW_DATES) == 0
    send(held)
    driver.work()
    assert (holds(held), last_session(held)) == ([(today, today + days(12))], last + days(12))
    assert subjects().count(NEW_DATES) == 1


def test_staff_let_a_plan_go_on_without_a_replacement(
    driver: Driver, held: Bought, subjects: Subjects, today: date
) -> None:
    driver.travel(today + days(5))
    ended = [end_hold(box(held).id, actor="staff:1", now=clock.now()) for _ in range(2)]
    driver.work()
    assert (ended, holds(held), subjects().count(NEW_DATES)) == ([True, False], [(today, today + days(5))], 1)


def test_a_plan_that_two_lots_hold_goes_on_with_the_second_replacement(
    driver: Driver, held: Bought, recalled: Callable[..., int], deliver: Deliver, subjects: Subjects, today: date
) -> None:
    recalled(ROLLER_LOT)
    driver.work()
    deliver("GOOD", 5)
    deliver("SHARP", 5, "ROLLER-025")
    last = last_session(held)
    for each, day in zip(boxes(held), (3, 8), strict=True):
        driver.travel(today + days(day))
        replace_box(each.id, actor="customer", now=clock.now())
        ship(boxes(held)[day == 8].replacement or 0, tracking="", actor="staff:1", now=clock.now())
        driver.work()
        assert subjects().count(NEW_DATES) == (day == 8)
    assert last_session(held) == last + days(8)


def test_a_replacement_is_neither_cancelled_nor_let_go_as_abandoned(
    driver: Driver, held: Bought, deliver: Deliver
) -> None:
    deliver("GOOD", 5)
    replace(held)
    assert release.cancel(box(held).replacement or 0, now=clock.now()) == "paid"
    driver.travel(clock.now() + timedelta(days=2))
    assert driver.state(box(held).replacement) == "paid"


def test_a_replacement_from_a_lot_that_is_recalled_too_is_replaced_again(
    driver: Driver, held: Bought, deliver: Deliver, recalled: Callable[..., int], today: date
) -> None:
    deliver("ALSO-BAD", 5)
    replace(held)
    send(held)
    again = driver.seen(box(held).replacement or 0)
    recalled("ALSO-BAD")
    driver.work()
    assert [until for _, until in holds(held)] == [today, None]
    deliver("GOOD", 5)
    assert replace(again) is True


def test_who_ended_the_refills_is_not_told_that_they_go_on(driver: Driver, held: Bought, subjects: Subjects) -> None:
    with host.unit() as session:
        session.execute(update(Subscription).values(state="ended", ended_at=clock.now()))
    assert end_hold(box(held).id, actor="staff:1", now=clock.now()) is True
    driver.work()
    assert NEW_DATES not in subjects()

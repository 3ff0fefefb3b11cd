"""A free replacement does not leave when its kit was given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import WrongState
from kits.stock.tables import Lot, Reservation
from shop.orders.parcels import ship, start_packing
from shop.orders.tables import Order, OrderLine
from shop.payments.giving_back import money_back
from shop.returns.withdrawing import withdrawal
from shop.returns.withdrawing.goods import goods_of
from shop.returns.withdrawing.withdrawal import Chosen
from shop.work.outbox import OutboxMail
from subscriptions.recall.given_back import NOT_SENT
from subscriptions.recall.replacing import replace_box
from tests.journeys.driving import Bought, Driver
from tests.subscriptions.recall.seeing import box, values

Buy = Callable[..., Bought]


@pytest.fixture
def replaced(driver: Driver, shipped: Buy, recalled: Callable[..., int], deliver: Any) -> Callable[..., Bought]:
    """A kit whose serum was recalled, and its replacement, set aside and ready to leave."""

    def buy(**order: object) -> Bought:
        bought = shipped(**order)
        recalled()
        driver.work()
        deliver("GOOD", 5)
        replace_box(box(bought).id, actor="customer", now=clock.now())
        assert start_packing([box(bought).replacement or 0], actor="staff:1", now=clock.now()) == []
        return bought

    return buy


def withdraw(bought: Bought, kits: int = 1) -> None:
    goods = goods_of(host.session(), host.session().get_one(Order, bought.order_id))
    there = {each.key: Chosen(there=kits * each.per_kit) for each in goods}
    host.end_reads()
    withdrawal.declare(bought.order_id, there, submission="w", now=clock.now())


def refund(bought: Bought, kits: int = 1) -> None:
    about = {"reason": "not_delivered", "note": "", "actor": "staff:1", "now": clock.now(), "mark": "m"}
    money_back.by_staff(bought.order_id, 8900, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("give_back", [withdraw, refund])
def test_a_replacement_that_has_not_left_is_cancelled_with_its_kit(
    replaced: Callable[..., Bought], give_back: Callable[[Bought], None]
) -> None:
    bought = replaced()
    give_back(bought)
    replacement = box(bought).replacement or 0
    assert values(select(Order.state).where(Order.id == replacement)) == ["cancelled"]
    mine = select(Reservation.state).join(Order, Order.number == Reservation.order_number)
    assert set(values(mine.where(Order.id == replacement))) == {"released"}
    assert values(select(Lot.allocated).where(Lot.code == "GOOD")) == [0]
    assert any(NOT_SENT in " ".join(text.split()) for text in values(select(OutboxMail.text)))
    with pytest.raises(WrongState):
        ship(replacement, tracking="", actor="staff:1", now=clock.now())


def test_a_replacement_leaves_for_the_kits_that_are_kept(replaced: Callable[..., Bought]) -> None:
    bought = replaced(quantity=2)
    withdraw(bought)
    assert values(select(Order.state).where(Order.id == box(bought).replacement)) == ["paid"]


def test_a_replacement_that_has_left_stays_as_it_is(replaced: Callable[..., Bought]) -> None:
    bought = replaced()
    ship(box(bought).replacement or 0, tracking="", actor="staff:1", now=clock.now())
    withdraw(bought)
    assert values(select(Order.state).where(Order.id == box(bought).replacement)) == ["shipped"]


def test_a_replacement_is_ordered_or_its_kit_given_back_and_never_both(
    driver: Driver, shipped: Buy, recalled: Callable[..., int], deliver: Any, at_once: Callable[..., list[Any]]
) -> None:
    bought = shipped()
    recalled()
    driver.work()
    deliver("GOOD", 5)
    mine, now = box(bought).id, clock.now()
    at_once([lambda: withdraw(bought), lambda: replace_box(mine, actor="customer", now=now)])
    assert values(select(OrderLine.given_back_at).where(OrderLine.order_id == bought.order_id)) != [None]
    assert set(values(select(Order.state).where(Order.kind == "replacement"))) <= {"cancelled"}

"""The returns desk: received, looked at, refunded, each once; undone where stock allows; never more than was paid."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import BadInput, SoldOut, WrongState
from kits.stock.tables import Lot
from shop.payments.tables import Refund
from shop.returns.desk import goodwill, steps
from shop.returns.desk.due import due
from shop.returns.tables import Return
from shop.returns.withdrawing.withdrawal import Chosen
from shop.work.outbox import OutboxMail
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver
from tests.shop.returns.conftest import (
    ROLLER,
    ROLLER_PAID,
    SERUM,
    WHOLE,
    all_there,
    days,
    goods,
    refunded,
    send,
    shelf,
    withdraw,
)

Read = Callable[[Any], list[Any]]
BY = {"actor": "staff:1"}


def lots() -> dict[str, int]:
    """The ids of the lots by SKU."""
    found = {lot.item.sku: lot.id for lot in host.session().scalars(select(Lot))}
    host.end_reads()
    return found


def receive(row: int) -> None:
    steps.receive(row, clock.today(clock.now()), now=clock.now(), **BY)


def inspect(row: int, **came: tuple[int, str]) -> None:
    """`inspect(row, ROLLER=(1, "restock"))`, by the SKU's first word."""
    ids = {sku.split("-")[0]: lot for sku, lot in lots().items()}
    steps.inspect(row, {(ids[name], what): units for name, (units, what) in came.items()}, now=clock.now(), **BY)  # type: ignore[misc]


def looked_at(row: int) -> None:
    receive(row)
    inspect(row, ROLLER=(1, "restock"), SERUM=(1, "restock"))


def pay(row: int, amount: int = WHOLE, note: str = "") -> None:
    steps.refund(row, amount, note=note, now=clock.now(), **BY)


def state(read: Read) -> list[str]:
    return read(select(Return.state).order_by(Return.id))


def amount_due(row: int) -> tuple[int, int]:
    """What is due for the goods, and for shipping."""
    session = host.session()
    found = due(session, session.get_one(Return, row))
    host.end_reads()
    return found.goods, found.shipping


def test_what_came_sealed_goes_back_into_its_lot_and_its_money_to_the_customer(
    driver: Driver, came: Bought, coming: int, read: Read
) -> None:
    looked_at(coming)
    assert (state(read), shelf()) == (["inspected"], (20, 20, 0))
    pay(coming)
    driver.work()
    assert (state(read), refunded(driver), driver.state(came.order_id)) == (["refunded"], [WHOLE], "refunded")
    assert read(select(Refund.return_id)) == [coming]


def test_each_step_is_taken_once_however_often_it_is_asked_for(driver: Driver, coming: int, read: Read) -> None:
    for _ in range(2):
        receive(coming)
    for _ in range(2):
        inspect(coming, ROLLER=(1, "restock"), SERUM=(1, "discard"))
    for _ in range(2):
        pay(coming)
    assert (shelf(), read(select(Refund.amount))) == ((20, 19, 0), [WHOLE])
    assert len(read(select(OutboxMail.id).where(OutboxMail.key.like("refund-%")))) == 1


def test_staff_who_refund_at_once_refund_once(
    driver: Driver, coming: int, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    looked_at(coming)
    assert at_once([partial(pay, coming)] * 8) == [None] * 8
    assert read(select(Refund.amount)) == [WHOLE]


def test_no_step_comes_before_the_one_it_needs(coming: int) -> None:
    with pytest.raises(WrongState):
        inspect(coming, ROLLER=(1, "restock"))
    with pytest.raises(WrongState):
        pay(coming)
    looked_at(coming)
    with pytest.raises(WrongState):
        steps.close(coming, note="nothing came", now=clock.now(), **BY)


def test_a_step_can_be_undone_until_the_money_goes_back(coming: int, read: Read) -> None:
    receive(coming)
    inspect(coming, ROLLER=(1, "discard"), SERUM=(1, "inspect"))
    steps.undo(coming, now=clock.now(), **BY)
    assert (state(read), shelf()) == (["received"], (19, 19, 0))
    steps.undo(coming, now=clock.now(), **BY)
    assert (state(read), read(select(Return.refund_by))) == (["announced"], [None])
    with pytest.raises(WrongState):
        steps.undo(coming, now=clock.now(), **BY)
    looked_at(coming)
    pay(coming)
    with pytest.raises(WrongState):
        steps.undo(coming, now=clock.now(), **BY)


def test_what_was_restocked_and_is_gone_cannot_be_undone(driver: Driver, coming: int, read: Read) -> None:
    looked_at(coming)
    with host.unit() as session:
        session.execute(update(Lot).values(allocated=Lot.on_hand))
    with pytest.raises(SoldOut):
        steps.undo(coming, now=clock.now(), **BY)
    assert state(read) == ["inspected"]
    with host.unit() as session:
        session.execute(update(Lot).values(allocated=0))


@pytest.mark.parametrize("wrong", [{}, {"ROLLER": (2, "restock")}, {"ROLLER": (-1, "discard")}, {"SERUM": (1, "sell")}])
def test_no_more_is_booked_than_is_to_come_back(coming: int, read: Read, wrong: dict[str, tuple[int, str]]) -> None:
    receive(coming)
    with pytest.raises(BadInput):
        inspect(coming, **wrong)
    assert (state(read), shelf()) == (["received"], (19, 19, 0))


@pytest.mark.parametrize("later", [-1, 1])
def test_goods_come_on_a_day_from_sending_until_today(coming: int, later: int) -> None:
    with pytest.raises(BadInput, match="until today"):
        steps.receive(coming, clock.today(clock.now()) + days(later), now=clock.now(), **BY)


def test_the_refund_is_due_a_fortnight_after_the_goods_or_the_proof(driver: Driver, coming: int, read: Read) -> None:
    sent = clock.today(clock.now())
    driver.travel(sent + days(5), work=False)
    receive(coming)
    assert read(select(Return.refund_by)) == [sent + days(19)]
    steps.note_sent(coming, sent, now=clock.now(), **BY)
    assert read(select(Return.refund_by)) == [sent + days(14)]


def test_a_return_that_never_came_is_closed_and_can_be_declared_again(came: Bought, coming: int, read: Read) -> None:
    with pytest.raises(BadInput):
        steps.close(coming, note=" ", now=clock.now(), **BY)
    for _ in range(2):
        steps.close(coming, note="They keep it after all.", now=clock.now(), **BY)
    withdraw(came, {SERUM: Chosen(there=1)}, mark="again")
    assert state(read) == ["closed", "announced"]


def test_closing_a_return_leaves_what_had_never_left_given_back(driver: Driver, read: Read) -> None:
    three = driver.buy(quantity=3)
    send(three, units={each.item.id: 2 for each in goods(three).values()})
    row = withdraw(three, {sku: Chosen(waiting=1, there=1) for sku in (ROLLER, SERUM)})
    steps.close(row, note="They keep it after all.", now=clock.now(), **BY)
    assert [each.taken for each in goods(three).values()] == [1, 1]
    withdraw(three, all_there(2), mark="again")
    assert read(select(Subscription.state)) == ["ended"], "nothing is kept of the three"


def test_staff_take_back_what_nobody_withdrew_from(driver: Driver, came: Bought, read: Read) -> None:
    driver.travel(clock.today(clock.now()) + days(60), work=False)
    key = goods(came)[ROLLER].key
    for _ in range(2):
        goodwill.agree(came.order_id, {key: 1}, note="a bent needle", mark="m", now=clock.now(), **BY)
    row = read(select(Return.id))[0]
    receive(row)
    inspect(row, ROLLER=(1, "discard"))
    pay(row, ROLLER_PAID)
    driver.work()
    assert (refunded(driver), read(select(Refund.reason))) == ([ROLLER_PAID], ["returned"])
    assert driver.refill(came).state != "cancelled", "the plan goes on"


@pytest.mark.parametrize("units", [0, 2, -1])
def test_staff_take_back_no_more_than_the_customer_has(came: Bought, read: Read, units: int) -> None:
    with pytest.raises(BadInput):
        goodwill.agree(came.order_id, {goods(came)[ROLLER].key: units}, note="n", mark="m", now=clock.now(), **BY)
    assert read(select(Return.id)) == []

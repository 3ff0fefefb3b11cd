"""Staff replace what a refill's order sent: free, in stock or not at all, once unless they say so again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.audit import AuditEntry
from kits.catalogue.tables import Item
from kits.errors import BadInput, SoldOut, WrongState
from kits.stock import proof
from kits.stock.promises.reservations import lock
from kits.stock.tables import Lot, Reservation
from shop.orders import parcels
from shop.orders.checkout import Address
from shop.orders.tables import Order, OrderLine
from shop.payments.giving_back import money_back
from subscriptions.controls.changing import change_address
from subscriptions.locks import lock_refills
from subscriptions.repairs.tables import Repair
from tests.journeys.driving import Driver, days
from tests.journeys.shopping import letters
from tests.subscriptions.repairs.conftest import Desk
from tests.subscriptions.test_holding_at_once import Pair, pair  # noqa: F401

ITEMS = "UPDATE kits_item SET claims"
"""How the statement begins that takes the locks of items."""
Read = Callable[[Any], list[Any]]
FREE = select(Order).where(Order.kind == "replacement").order_by(Order.id)


def test_a_lost_refill_is_sent_once_more_for_nothing_and_packed_like_any_other(
    driver: Driver, desk: Desk, read: Read, mail_folder: Path
) -> None:
    order_id = desk.ship()
    desk.replace()
    [made] = read(FREE)
    [first] = read(select(Order).where(Order.id == order_id))
    assert (made.state, made.total_amount, made.root_number) == ("paid", 0, desk.bought.number)
    assert (made.name, made.line1, made.postcode) == (first.name, first.line1, first.postcode)
    made_id, number, before = made.id, made.number, first.number
    [line] = read(select(OrderLine).where(OrderLine.order_id == made_id))
    assert (line.quantity, line.unit_amount, line.title.startswith("Replacement: ")) == (1, 0, True)
    skus = select(Item.sku).join(Reservation, Reservation.item_id == Item.id)
    assert read(skus.where(Reservation.order_number == number)) == ["SERUM-3M"]
    driver.work()
    told = letters(mail_folder)[-1]
    assert (told.subject, before in told.text) == ("We send your refill once more", True)
    host.end_reads()
    parcels.ship(made_id, tracking="JD02", actor="staff:1", now=clock.now())
    driver.work()
    assert (driver.state(made_id), desk.state, desk.charges) == ("shipped", "shipped", 1)
    [entry] = read(select(AuditEntry).where(AuditEntry.action == "refill.replaced_by_staff"))
    [repair] = read(select(Repair))
    assert entry.detail == {"repair": repair.id, "replacement": number}
    assert repair.reason == "They asked for it by phone."
    assert proof.disagreements(host.session()) == []
    host.end_reads()


def test_it_is_replaced_once_unless_staff_say_so_again(
    desk: Desk, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    desk.ship()
    at_once([desk.replace] * 5)
    assert len(read(FREE)) == 1
    with pytest.raises(BadInput) as refused:
        desk.replace("another form")
    assert (refused.value.field, len(read(FREE))) == ("again", 1)
    desk.replace("another form", again=True)
    assert len(read(FREE)) == 2


def test_many_with_forms_of_their_own_replace_it_once(
    desk: Desk, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    desk.ship()
    said = at_once([lambda mark=f"form {n}": desk.replace(mark) for n in range(5)])
    assert sum(isinstance(each, BadInput) for each in said) == 4, said
    assert len(read(FREE)) == 1


def test_without_stock_nothing_is_ordered(desk: Desk, read: Read) -> None:
    desk.ship()
    with host.unit() as session:
        session.execute(update(Lot).values(quarantined=Lot.on_hand - Lot.allocated))
    with pytest.raises(SoldOut):
        desk.replace()
    assert (read(FREE), desk.repairs()) == ([], [])


def test_it_goes_where_the_refills_go_since_their_customer_moved(desk: Desk, read: Read) -> None:
    desk.ship()
    new = Address("9 New Street", "Leeds", "LS1 1AA", "GB")
    change_address(desk.bought.subscription_id or 0, "A Buyer", new, actor="customer", now=clock.now())
    desk.replace()
    [made] = read(FREE)
    assert (made.line1, made.city) == ("9 New Street", "Leeds")


def test_what_has_not_left_was_refunded_or_is_no_longer_needed_is_not_replaced(
    driver: Driver, desk: Desk, read: Read
) -> None:
    with pytest.raises(WrongState, match="Nothing of this refill has left us"):
        desk.replace()
    order_id = desk.ship()
    last = driver.seen(desk.bought.order_id)
    about = {"reason": "goodwill", "note": "", "actor": "staff:1", "mark": "m"}
    driver.travel(clock.today(clock.now()) + days(300), work=False)
    with pytest.raises(WrongState, match="The last session is over"):
        desk.replace()
    money_back.by_staff(order_id, 4900, now=clock.now(), **about)
    with pytest.raises(WrongState, match="nothing to replace"):
        desk.replace()
    assert (read(FREE), last.number) == ([], desk.bought.number)


def test_its_refill_is_locked_before_its_items_as_by_all_others(
    desk: Desk,
    read: Read,
    pair: Pair,  # noqa: F811
) -> None:
    desk.ship()

    def another() -> None:
        with host.unit() as session:
            lock_refills(session, desk.bought.subscription_id or 0)
            lock(session, session.scalars(select(Item.id)))

    said = pair(another, ITEMS, desk.replace)
    assert [each for each in said if isinstance(each, Exception)] == []
    assert len(read(FREE)) == 1

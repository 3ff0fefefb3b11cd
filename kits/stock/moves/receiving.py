"""Booking what arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import signals
from kits.catalogue.kits import item_by_sku
from kits.catalogue.tables import Item
from kits.clock import today as day_of
from kits.errors import BadInput, WrongState
from kits.host import after_commit, unit
from kits.stock.buying import arrivals
from kits.stock.buying.arrivals import Waiting
from kits.stock.ledger import Cause, post_arrivals, recalled
from kits.stock.limits import LONGEST_CODE, LONGEST_NAME, MOST_UNITS
from kits.stock.promises.reservations import lock
from kits.stock.tables import Lot, StockMovement


@dataclass(frozen=True)
class Delivery:
    """`quantity` units of an item in batch `lot`, good through `expires_on`.

    It may have been ordered: `purchase_order` is the number, `purchase_line`
    the id of one of its lines. By number the lines are filled in turn.
    """

    sku: str
    lot: str
    quantity: int
    expires_on: date
    supplier: str = ""
    purchase_order: str = ""
    purchase_line: int | None = None


@dataclass(frozen=True)
class Arrival:
    """A delivery that is to be shelved: of which item, from whom and why."""

    item_id: int
    delivery: Delivery
    supplier: str
    cause: Cause

    @classmethod
    def of(cls, delivery: Delivery, item: Item, cause: Cause, waiting: Waiting | None) -> Self:
        """With what its purchase order adds: who delivers it, and a note for the ledger."""
        supplier = delivery.supplier.strip() or (waiting.order.supplier if waiting else "")
        note = f"{cause.note} {waiting.note}".strip() if waiting else cause.note
        return cls(item.id, delivery, supplier, replace(cause, note=note))

    @property
    def lot(self) -> tuple[int, str]:
        """What names its lot: the item and the code."""
        return self.item_id, self.delivery.lot.strip()


def receive(delivery: Delivery, cause: Cause) -> Lot:
    """Book a delivery: a new lot, or more of a known one. Commits; the same `cause.key` again does nothing.

    Raises NotFound for an unknown SKU, BadInput for a quantity outside 1 to
    1,000,000, an empty code, a day that has passed, another expiry than the
    lot's own, or a purchase order that is not waiting for it; WrongState when
    the key booked another delivery.
    """
    with unit() as session:
        return book(session, delivery, cause)


def book(session: Session, delivery: Delivery, cause: Cause) -> Lot:
    """What `receive` does, inside the caller's unit. Flushes."""
    check(delivery, day_of(cause.now))
    item = item_by_sku(session, delivery.sku)
    lock(session, [item.id])
    if done := booked(session, cause.key):
        return _the_same(session, done, delivery)
    waiting = _waiting(session, delivery, item)
    lots = shelve(session, [Arrival.of(delivery, item, cause, waiting)])
    if waiting:
        arrivals.count(session, waiting, delivery.quantity, cause)
    return lots[0]


def booked(session: Session, key: str | None) -> StockMovement | None:
    """The movement that was written for this key, if any."""
    return session.scalars(select(StockMovement).where(StockMovement.key == key)).first() if key else None


def check(delivery: Delivery, today: date) -> None:
    """Raises BadInput, at the field, for what no delivery is."""
    code = delivery.lot.strip()
    if not code or not code.isprintable() or len(code) > LONGEST_CODE:
        raise BadInput("lot", f"Give the lot's code, up to {LONGEST_CODE} characters.")
    if not 1 <= delivery.quantity <= MOST_UNITS:
        raise BadInput("quantity", f"Give a quantity from 1 to {MOST_UNITS:,}.")
    if delivery.expires_on <= today:
        raise BadInput("expires", "This day has passed: expired stock is not received.")
    if not delivery.supplier.isprintable() or len(delivery.supplier) > LONGEST_NAME:
        raise BadInput("supplier", f"Give the supplier's name, up to {LONGEST_NAME} characters.")


def shelve(session: Session, came: Sequence[Arrival]) -> list[Lot]:
    """Put deliveries that were checked into their lots and write them down, their items' locks held. Flushes.

    A handful of statements, however many there are. Raises BadInput at
    `expires` when a lot is known with another day, at `lot` while it is recalled.
    """
    lots = _lots(session, came)
    pairs = [(lots[each.lot], each) for each in came]
    post_arrivals(session, [(lot, each.delivery.quantity, each.cause) for lot, each in pairs])
    for lot, each in pairs:
        about = {"lot_id": lot.id, "quantity": each.delivery.quantity}
        after_commit(partial(signals.send, signals.stock_received, **about))
    return [lot for lot, _ in pairs]


def being_recalled(code: str) -> str:
    """What to say when more of lot `code` comes while it is recalled."""
    return f"Lot {code} is being recalled. Take none of it in: send it back to the supplier."


def expiry_differs(code: str, expires_on: date) -> str:
    """What to say when lot `code`, known to be good through `expires_on`, is said to be good until another day."""
    return f"Lot {code} is known with the expiry {expires_on:%d %B %Y}. Check the box, and the lot's code."


def _waiting(session: Session, delivery: Delivery, item: Item) -> Waiting | None:
    if delivery.purchase_line is not None:
        return arrivals.waiting_on(session, delivery.purchase_line, item)
    if delivery.purchase_order.strip():
        return arrivals.waiting_in(session, delivery.purchase_order, item)
    return None


def _the_same(session: Session, done: StockMovement, delivery: Delivery) -> Lot:
    lot = session.get_one(Lot, done.lot_id)
    if (lot.item.sku, lot.code, done.quantity) != (delivery.sku, delivery.lot.strip(), delivery.quantity):
        said = f"This form was booked already, as {done.quantity:,} of {lot.item.sku}, lot {lot.code}."
        raise WrongState(f"{said} Look at what you typed: sent again, it is booked as one more delivery.")
    return lot


def _lots(session: Session, came: Sequence[Arrival]) -> dict[tuple[int, str], Lot]:
    """The lots by item and code; those that are new are made."""
    items, codes = ({each.lot[place] for each in came} for place in (0, 1))
    wanted = select(Lot).where(Lot.item_id.in_(items), Lot.code.in_(codes))
    lots = {(lot.item_id, lot.code): lot for lot in session.scalars(wanted)}
    gone = recalled(session, [lot.id for lot in lots.values()])
    for each in came:
        lot = lots.setdefault(each.lot, _new_lot(each))
        if lot.id in gone:
            raise BadInput("lot", being_recalled(lot.code))
        if lot.expires_on != each.delivery.expires_on:
            raise BadInput("expires", expiry_differs(lot.code, lot.expires_on))
    session.add_all(lots.values())
    session.flush()
    return lots


def _new_lot(arrival: Arrival) -> Lot:
    return Lot(
        item_id=arrival.item_id,
        code=arrival.lot[1],
        supplier=arrival.supplier,
        expires_on=arrival.delivery.expires_on,
        received_at=arrival.cause.now,
        on_hand=0,
    )

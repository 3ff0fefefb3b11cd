"""Booking what arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import signals
from kits.catalogue.kits import item_by_sku
from kits.clock import today as day_of
from kits.errors import BadInput
from kits.host import after_commit, unit
from kits.stock.ledger import Cause, is_done, post
from kits.stock.limits import LONGEST_CODE, MOST_UNITS
from kits.stock.promises.reservations import lock
from kits.stock.tables import Lot


@dataclass(frozen=True)
class Delivery:
    """`quantity` units of an item in batch `lot`, good through `expires_on`."""

    sku: str
    lot: str
    quantity: int
    expires_on: date
    supplier: str = ""


def receive(delivery: Delivery, cause: Cause) -> Lot:
    """Book a delivery: a new lot, or more of a known one. Commits; the same `cause.key` again does nothing.

    Raises NotFound for an unknown SKU, BadInput for a quantity outside 1 to
    1,000,000, an empty code, a day that has passed, or another expiry than the
    lot's own.
    """
    with unit() as session:
        return book(session, delivery, cause)


def book(session: Session, delivery: Delivery, cause: Cause) -> Lot:
    """What `receive` does, inside the caller's unit. Flushes."""
    _check(delivery, day_of(cause.now))
    item = item_by_sku(session, delivery.sku)
    lock(session, [item.id])
    lot = _lot(session, item.id, delivery, cause)
    if not is_done(session, cause.key):
        post(session, lot, "receive", cause, on_hand=delivery.quantity)
        about = {"lot_id": lot.id, "quantity": delivery.quantity}
        after_commit(lambda: signals.send(signals.stock_received, **about))
    return lot


def _check(delivery: Delivery, today: date) -> None:
    code = delivery.lot.strip()
    if not code or not code.isprintable() or len(code) > LONGEST_CODE:
        raise BadInput("lot", f"Give the lot's code, up to {LONGEST_CODE} characters.")
    if not 1 <= delivery.quantity <= MOST_UNITS:
        raise BadInput("quantity", f"Give a quantity from 1 to {MOST_UNITS:,}.")
    if delivery.expires_on <= today:
        raise BadInput("expires", "This day has passed: expired stock is not received.")
    if not delivery.supplier.isprintable() or len(delivery.supplier) > LONGEST_CODE:
        raise BadInput("supplier", f"Give the supplier's name, up to {LONGEST_CODE} characters.")


def _lot(session: Session, item_id: int, delivery: Delivery, cause: Cause) -> Lot:
    code = delivery.lot.strip()
    lot = session.scalars(select(Lot).where(Lot.item_id == item_id, Lot.code == code)).first()
    if lot is None:
        lot = Lot(
            item_id=item_id,
            code=code,
            supplier=delivery.supplier.strip(),
            expires_on=delivery.expires_on,
            received_at=cause.now,
            on_hand=0,
        )
        session.add(lot)
        session.flush()
    if lot.expires_on != delivery.expires_on:
        raise BadInput("expires", f"Lot {code} is known with the expiry {lot.expires_on:%d %B %Y}.")
    return lot

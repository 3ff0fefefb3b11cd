"""The ledger: the only module that writes movements and balances."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits import signals
from kits.catalogue.kits import item_by_sku
from kits.clock import today as day_of
from kits.errors import BadInput, SoldOut
from kits.host import after_commit, unit
from kits.stock import reservations
from kits.stock.tables import Lot, Reservation, StockMovement

MOST_UNITS = 1_000_000


def receive(sku: str, code: str, quantity: int, expires_on: date, *, actor: str, now: datetime) -> Lot:
    """Book a delivery: a new lot, or more of a known one. Commits.

    Raises NotFound for an unknown SKU, BadInput for a quantity outside 1 to
    1,000,000, an empty code, a day that has passed, or another expiry than the
    lot's own.
    """
    _check(code, quantity, expires_on, day_of(now))
    with unit() as session:
        lot = _lot(session, sku, code.strip(), expires_on, now)
        _move(session, lot, quantity, kind="receive", actor=actor, now=now)
        lot_id = lot.id
        after_commit(lambda: signals.send(signals.stock_received, lot_id=lot_id, quantity=quantity))
    return lot


def ship(session: Session, order_number: str, *, actor: str, now: datetime) -> None:
    """Take what is held for the order from its lots, first expired first out. Flushes.

    A lot that expires before the day it must last until is passed over.
    Raises SoldOut when the lots no longer hold what was promised.
    """
    held_for = (Reservation.order_number == order_number, Reservation.state == "held")
    reservations.lock(session, session.scalars(select(Reservation.item_id).where(*held_for)))
    held = session.scalars(
        select(Reservation).where(*held_for).order_by(Reservation.item_id, Reservation.serves_until.desc())
    ).all()
    for reservation in held:
        _take(session, reservation, actor=actor, now=now)
    reservations.consume(session, order_number)


def _check(code: str, quantity: int, expires_on: date, today: date) -> None:
    if not code.strip() or not code.strip().isprintable() or len(code) > 60:
        raise BadInput("lot", "Give the lot's code, up to 60 characters.")
    if not 1 <= quantity <= MOST_UNITS:
        raise BadInput("quantity", "Give a quantity from 1 to 1,000,000.")
    if expires_on <= today:
        raise BadInput("expires", "This day has passed: expired stock is not received.")


def _lot(session: Session, sku: str, code: str, expires_on: date, now: datetime) -> Lot:
    item = item_by_sku(session, sku)
    reservations.lock(session, [item.id])
    lot = session.scalars(select(Lot).where(Lot.item_id == item.id, Lot.code == code)).first()
    if lot is None:
        lot = Lot(item_id=item.id, code=code, expires_on=expires_on, received_at=now, on_hand=0)
        session.add(lot)
        session.flush()
    if lot.expires_on != expires_on:
        raise BadInput("expires", f"Lot {code} is known with the expiry {lot.expires_on:%d %B %Y}.")
    return lot


def _take(session: Session, reservation: Reservation, *, actor: str, now: datetime) -> None:
    missing = reservation.quantity
    lots = session.scalars(
        select(Lot)
        .where(
            Lot.item_id == reservation.item_id,
            Lot.on_hand > 0,
            Lot.expires_on >= max(reservation.serves_until, day_of(now)),
        )
        .order_by(Lot.expires_on, Lot.id)
    ).all()
    for lot in lots:
        taken = min(missing, lot.on_hand)
        if taken:
            _move(session, lot, -taken, kind="ship", actor=actor, now=now, order_number=reservation.order_number)
            missing -= taken
    if missing:
        raise SoldOut("The lots no longer hold what this order was promised. Count the shelf, then receive or cancel.")


def _move(
    session: Session,
    lot: Lot,
    quantity: int,
    *,
    kind: str,
    actor: str,
    now: datetime,
    order_number: str | None = None,
) -> None:
    balance = update(Lot).where(Lot.id == lot.id, Lot.on_hand + quantity >= 0)
    changed = session.execute(balance.values(on_hand=Lot.on_hand + quantity))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise SoldOut("This lot was taken just now. Try again.")
    session.add(
        StockMovement(
            at=now,
            item_id=lot.item_id,
            lot_id=lot.id,
            kind=kind,
            quantity=quantity,
            actor=actor,
            order_number=order_number,
        )
    )
    session.flush()

"""From a promise to a parcel: held stock is allocated to lots, first expired first out, then shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.errors import BadInput, SoldOut, WrongState
from kits.stock.ledger import Cause, post
from kits.stock.promises.reservations import lock
from kits.stock.tables import ALLOCATED, HELD, SHIPPED, Lot, Reservation, StockMovement


def allocate(session: Session, order_number: str, cause: Cause) -> None:
    """Set aside lots for all that the order still holds, first expired first out. Flushes.

    A lot that expires before the day it must last until is passed over.
    Raises SoldOut when the lots no longer hold what was promised.
    """
    _lock_items(session, order_number)
    for reservation in _of(session, order_number, HELD):
        _pick(session, reservation, replace(cause, order_number=order_number))


def put_back(session: Session, order_number: str, cause: Cause, lot_id: int | None = None) -> int:
    """Undo `allocate`, of one lot or of all: any lot that lasts may serve again. Flushes; returns the units."""
    _lock_items(session, order_number)
    rows = [row for row in _of(session, order_number, ALLOCATED) if lot_id in (None, row.lot_id)]
    for row in rows:
        lot = session.get_one(Lot, row.lot_id)
        post(session, lot, "allocate", replace(cause, order_number=order_number), allocated=-row.quantity)
        row.state, row.lot_id = HELD, None
    session.flush()
    return sum(row.quantity for row in rows)


def ship(
    session: Session, order_number: str, cause: Cause, units: Mapping[int, int] | None = None
) -> list[StockMovement]:
    """Let a parcel leave: `units` by item id, or all that is left of the order. Flushes.

    What is not allocated yet is allocated first. Returns what moved. Raises
    SoldOut as `allocate` does, WrongState when what was allocated has expired
    since, BadInput at `units` for more than the order still waits for.
    """
    allocate(session, order_number, cause)
    mine = replace(cause, order_number=order_number)
    left = dict(units) if units is not None else None
    moved = []
    for row in _of(session, order_number, ALLOCATED):
        taken = row.quantity if left is None else min(row.quantity, left.get(row.item_id, 0))
        if taken:
            moved.append(_send(session, row, taken, mine))
            if left is not None:
                left[row.item_id] -= taken
    if left and any(left.values()):
        raise BadInput("units", "That is more than the order still waits for.")
    return moved


def _pick(session: Session, reservation: Reservation, cause: Cause) -> None:
    """Allocate one reservation, split over as many lots as it takes."""
    missing = reservation.quantity
    for lot in _lots_that_last(session, reservation, cause):
        taken = min(missing, lot.free)
        post(session, lot, "allocate", cause, allocated=taken)
        _split(session, reservation, taken, ALLOCATED, lot.id)
        missing -= taken
        if not missing:
            return
    raise SoldOut("The lots no longer hold what this order was promised. Count the shelf, then receive or cancel.")


def _lots_that_last(session: Session, reservation: Reservation, cause: Cause) -> Sequence[Lot]:
    return session.scalars(
        select(Lot)
        .where(
            Lot.item_id == reservation.item_id,
            Lot.free > 0,
            Lot.expires_on >= max(reservation.serves_until, today(cause.now)),
        )
        .order_by(Lot.expires_on, Lot.id)
        .execution_options(populate_existing=True)
    ).all()


def _send(session: Session, row: Reservation, units: int, cause: Cause) -> StockMovement:
    lot = session.get_one(Lot, row.lot_id)
    if lot.expires_on < today(cause.now):
        raise WrongState(f"Lot {lot.code} has expired since it was set aside. Put it back and pack again.")
    moved = post(session, lot, "ship", cause, on_hand=-units, allocated=-units)
    _split(session, row, units, SHIPPED, lot.id)
    return moved


def _split(session: Session, row: Reservation, units: int, state: str, lot_id: int) -> None:
    """Move `units` of a reservation on to `state`; the rest stays a row of its own."""
    if units == row.quantity:
        row.state, row.lot_id = state, lot_id
    else:
        row.quantity -= units
        same = {name: getattr(row, name) for name in ("item_id", "order_number", "serves_until", "made_at")}
        session.add(Reservation(**same, quantity=units, state=state, lot_id=lot_id))
    session.flush()


def _lock_items(session: Session, order_number: str) -> None:
    items = select(Reservation.item_id).where(Reservation.order_number == order_number)
    lock(session, session.scalars(items.where(Reservation.state.in_((HELD, ALLOCATED)))))


def _of(session: Session, order_number: str, state: str) -> Sequence[Reservation]:
    """The order's rows, what must last longest first: it has the fewest lots to choose from."""
    rows = select(Reservation).where(Reservation.order_number == order_number, Reservation.state == state)
    return session.scalars(
        rows.order_by(Reservation.item_id, Reservation.serves_until.desc(), Reservation.id).execution_options(
            populate_existing=True
        )
    ).all()

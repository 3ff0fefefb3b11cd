"""From a promise to a parcel: held stock is allocated to lots, first expired first out, then shipped.

Whoever packs an order holds the order's row lock first; the items' locks, taken here, come after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.errors import BadInput, SoldOut, WrongState
from kits.stock.ledger import Cause, post
from kits.stock.promises.reservations import lock_items
from kits.stock.tables import ALLOCATED, HELD, SHIPPED, Lot, Reservation, StockMovement


def allocate(session: Session, order_number: str, cause: Cause, *, partly: bool = False) -> int:
    """Set aside lots for all that the order still holds, first expired first out. Flushes; returns the units.

    A lot that expires before the day it must last until is passed over.
    Raises SoldOut when the lots no longer hold what was promised; with `partly`
    it sets aside what there is, and the rest stays promised.
    """
    lock_items(session, order_number)
    mine = replace(cause, order_number=order_number)
    held = reservations(session, order_number, HELD)
    return sum(_pick(session, row, row.quantity, mine, partly=partly) for row in held)


def put_back(session: Session, order_number: str, cause: Cause, lot_id: int | None = None) -> int:
    """Undo `allocate`, of one lot or of all: any lot that lasts may serve again. Flushes; returns the units."""
    lock_items(session, order_number)
    rows = [row for row in reservations(session, order_number, ALLOCATED) if lot_id in (None, row.lot_id)]
    for row in rows:
        lot = session.get_one(Lot, row.lot_id)
        post(session, lot, "allocate", replace(cause, order_number=order_number), allocated=-row.quantity)
        row.state, row.lot_id = HELD, None
    session.flush()
    return sum(row.quantity for row in rows)


def ship(
    session: Session,
    order_number: str,
    cause: Cause,
    units: Mapping[int, int] | None = None,
    *,
    lots: Mapping[int, int] | None = None,
) -> list[StockMovement]:
    """Let a parcel leave: `lots` as units by lot id, else `units` by item id, else all that is left. Flushes.

    Of an item's lots the first to expire leaves first. What is to leave and is
    not allocated yet is allocated before, but for `lots`: those must be.
    Returns what moved. Raises SoldOut as `allocate` does, WrongState when a lot
    has expired since it was allocated, BadInput at `units` for more than the
    order still waits for.
    """
    lock_items(session, order_number)
    mine = replace(cause, order_number=order_number)
    wanted: Mapping[int, int]
    if lots is None:
        wanted = left_to_ship(session, order_number) if units is None else units
        _allocate_for(session, order_number, mine, wanted)
    else:
        wanted = lots
    left, moved = Counter[int | None](wanted), []
    for row in _first_to_leave(session, order_number):
        which = row.item_id if lots is None else row.lot_id
        if (taken := min(row.quantity, left[which])) > 0:
            moved.append(_send(session, row, taken, mine))
            left[which] -= taken
    if any(left.values()):
        raise BadInput("units", "That is more than is left to ship of this order. Look again.")
    return moved


def left_to_ship(session: Session, order_number: str) -> dict[int, int]:
    """Units by item id that the order still waits for, allocated or not."""
    rows = select(Reservation.item_id, func.sum(Reservation.quantity)).where(
        Reservation.order_number == order_number, Reservation.state.in_((HELD, ALLOCATED))
    )
    return {item_id: int(units) for item_id, units in session.execute(rows.group_by(Reservation.item_id))}


def reservations(session: Session, order_number: str, state: str) -> Sequence[Reservation]:
    """The order's rows read afresh, what must last longest first: it has the fewest lots to choose from."""
    rows = select(Reservation).where(Reservation.order_number == order_number, Reservation.state == state)
    return session.scalars(
        rows.order_by(Reservation.item_id, Reservation.serves_until.desc(), Reservation.id).execution_options(
            populate_existing=True
        )
    ).all()


def split(session: Session, row: Reservation, units: int, state: str, lot_id: int | None) -> None:
    """Move `units` of a reservation on to `state`; the rest stays a row of its own. Flushes."""
    if units == row.quantity:
        row.state, row.lot_id = state, lot_id
    else:
        row.quantity -= units
        same = {name: getattr(row, name) for name in ("item_id", "order_number", "serves_until", "made_at")}
        session.add(Reservation(**same, quantity=units, state=state, lot_id=lot_id))
    session.flush()


def _allocate_for(session: Session, order_number: str, cause: Cause, units: Mapping[int, int]) -> None:
    """Allocate what is to leave: no more of an item than `units` asks for beyond what is set aside already."""
    missing = Counter(units)
    for row in reservations(session, order_number, ALLOCATED):
        missing[row.item_id] -= row.quantity
    for row in reservations(session, order_number, HELD):
        if (wanted := min(row.quantity, missing[row.item_id])) > 0:
            _pick(session, row, wanted, cause)
            missing[row.item_id] -= wanted


def _pick(session: Session, row: Reservation, wanted: int, cause: Cause, *, partly: bool = False) -> int:
    """Allocate `wanted` units of one reservation, split over as many lots as it takes; how many it got."""
    missing = wanted
    for lot in _lots_that_last(session, row, cause):
        if not missing:
            break
        taken = min(missing, lot.free)
        post(session, lot, "allocate", cause, allocated=taken)
        split(session, row, taken, ALLOCATED, lot.id)
        missing -= taken
    if missing and not partly:
        raise SoldOut(
            "The lots no longer hold what this order was promised. Count the shelf, then receive more.",
            wanted - missing,
        )
    return wanted - missing


def _lots_that_last(session: Session, row: Reservation, cause: Cause) -> Sequence[Lot]:
    until = max(row.serves_until, today(cause.now))
    lasting = select(Lot).where(Lot.item_id == row.item_id, Lot.free > 0, Lot.expires_on >= until)
    in_order = lasting.order_by(Lot.expires_on, Lot.id)
    return session.scalars(in_order.execution_options(populate_existing=True)).all()


def _first_to_leave(session: Session, order_number: str) -> list[Reservation]:
    """What is allocated to the order, the first lot to expire first."""
    rows = reservations(session, order_number, ALLOCATED)
    lots = {lot.id: lot for lot in session.scalars(select(Lot).where(Lot.id.in_([row.lot_id for row in rows])))}
    return sorted(rows, key=lambda row: (lots[row.lot_id or 0].expires_on, row.lot_id, -row.serves_until.toordinal()))


def _send(session: Session, row: Reservation, units: int, cause: Cause) -> StockMovement:
    lot = session.get_one(Lot, row.lot_id)
    if lot.expires_on < today(cause.now):
        raise WrongState(f"Lot {lot.code} has expired since it was set aside. Put it back and pack again.")
    if lot.expires_on < row.serves_until:
        raise WrongState(f"The plan has moved, and lot {lot.code} no longer lasts for it. Put it back and pack again.")
    moved = post(session, lot, "ship", cause, on_hand=-units, allocated=-units)
    split(session, row, units, SHIPPED, lot.id)
    return moved

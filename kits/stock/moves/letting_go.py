"""Letting go of what a paid order still waits for: nothing of it leaves any more, and others may have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from kits.errors import WrongState
from kits.stock.ledger import Cause, post
from kits.stock.moves.packing import put_back, reservations, split
from kits.stock.promises.reservations import Demand, lock_items, release
from kits.stock.tables import ALLOCATED, HELD, RELEASED, Lot, Reservation


def let_go_of_all(session: Session, order_number: str, cause: Cause) -> None:
    """Let go of all that has not left; what is set aside is put back first. Last in the caller's unit. Flushes."""
    put_back(session, order_number, cause)
    release(session, order_number)


def let_go(session: Session, order_number: str, demands: Iterable[Demand], cause: Cause) -> None:
    """Let go of so many units of items that were to last until a day, or about then. Last in the unit. Flushes.

    What no lot is set aside for goes first. Raises WrongState when the order waits for fewer.
    """
    lock_items(session, order_number)
    for demand in demands:
        missing = demand.quantity
        for row in _nearest(session, order_number, demand):
            taken = min(row.quantity, missing)
            if taken:
                _release(session, row, taken, replace(cause, order_number=order_number))
                missing -= taken
        if missing:
            raise WrongState("A part of this has left meanwhile. Load the page again.")


def _nearest(session: Session, order_number: str, demand: Demand) -> list[Reservation]:
    rows = [*reservations(session, order_number, HELD), *reservations(session, order_number, ALLOCATED)]
    mine = [row for row in rows if row.item_id == demand.item_id]
    # Stable: of rows that last equally long those that are only held stay first.
    return sorted(mine, key=lambda row: abs(row.serves_until - demand.serves_until))


def _release(session: Session, row: Reservation, units: int, cause: Cause) -> None:
    if row.state == ALLOCATED:
        post(session, session.get_one(Lot, row.lot_id), "allocate", cause, allocated=-units)
    split(session, row, units, RELEASED, None)

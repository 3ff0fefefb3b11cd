"""What a person finds out about a lot: adjusted, written off, in quarantine or out of it. Each needs a reason.

Every use case commits, and does nothing when its `cause.key` was done already.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from kits import signals
from kits.errors import BadInput
from kits.host import after_commit, unit
from kits.stock.ledger import Cause, is_done, locked_lot, post
from kits.stock.limits import MOST_UNITS
from kits.stock.tables import Lot


def adjust(lot_id: int, by: int, cause: Cause) -> None:
    """Correct the units on hand by `by`, up or down; only free units can go. Commits.

    Raises NotFound, BadInput without a reason or for 0, SoldOut when fewer are free.
    """
    if not 1 <= abs(by) <= MOST_UNITS:
        raise BadInput("units", f"Give a number from 1 to {MOST_UNITS:,}, with a minus to take away.")
    _once(lot_id, cause, lambda session, lot: post(session, lot, "adjust", cause, on_hand=by))


def write_off(lot_id: int, units: int, cause: Cause, *, quarantined: bool = False) -> None:
    """Throw units away: free ones, or those in quarantine. Commits.

    Raises NotFound, BadInput without a reason or a number, SoldOut when there are fewer.
    """
    _check(units)
    away = -units if quarantined else 0
    _once(lot_id, cause, lambda session, lot: post(session, lot, "write_off", cause, on_hand=-units, quarantined=away))


def quarantine(lot_id: int, units: int, cause: Cause) -> None:
    """Take free units out of use until it is decided what becomes of them. Commits.

    Raises NotFound, BadInput without a reason or a number, SoldOut when fewer are free.
    """
    _check(units)
    _once(lot_id, cause, lambda session, lot: post(session, lot, "quarantine", cause, quarantined=units))


def release(lot_id: int, units: int, cause: Cause) -> None:
    """Put units from quarantine back into use. Commits; raises as `quarantine` does."""
    _check(units)
    _once(lot_id, cause, lambda session, lot: _free(session, lot, units, cause))


def _free(session: Session, lot: Lot, units: int, cause: Cause) -> None:
    lot_id = lot.id
    post(session, lot, "quarantine", cause, quarantined=-units)
    after_commit(lambda: signals.send(signals.stock_received, lot_id=lot_id, quantity=units))


def _once(lot_id: int, cause: Cause, work: Callable[[Session, Lot], object]) -> None:
    if not cause.reason.strip():
        raise BadInput("reason", "Say why, for whoever reads the ledger later.")
    with unit() as session:
        lot = locked_lot(session, lot_id)
        if not is_done(session, cause.key):
            work(session, lot)


def _check(units: int) -> None:
    if not 1 <= units <= MOST_UNITS:
        raise BadInput("units", f"Give a number from 1 to {MOST_UNITS:,}.")

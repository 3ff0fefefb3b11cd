"""What a person finds out about a lot: adjusted, written off, in quarantine or out of it. Each needs a reason.

Every use case commits and returns the id of the movement it posted; when its
`cause.key` was done already it does nothing and returns that movement's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import signals
from kits.errors import BadInput, NotFound, SoldOut, WrongState
from kits.host import after_commit, unit
from kits.stock.ledger import Cause, locked_lot, post
from kits.stock.limits import MOST_UNITS
from kits.stock.tables import Lot, StockMovement

CAN_BE_UNDONE = ("adjust", "quarantine")


def adjust(lot_id: int, by: int, cause: Cause) -> int:
    """Correct the units on hand by `by`, up or down; only free units can go. Commits.

    Raises NotFound, BadInput without a reason or for 0, SoldOut when fewer are free.
    """
    if not 1 <= abs(by) <= MOST_UNITS:
        raise BadInput("units", f"Give a number from 1 to {MOST_UNITS:,}, with a minus to take away.")
    return _once(lot_id, cause, lambda session, lot: post(session, lot, "adjust", cause, on_hand=by))


def write_off(lot_id: int, units: int, cause: Cause, *, quarantined: bool = False) -> int:
    """Throw units away: free ones, or those in quarantine. Commits.

    Raises NotFound, BadInput without a reason or a number, SoldOut when there are fewer.
    """
    _check(units)
    away = -units if quarantined else 0
    return _once(
        lot_id, cause, lambda session, lot: post(session, lot, "write_off", cause, on_hand=-units, quarantined=away)
    )


def quarantine(lot_id: int, units: int | None, cause: Cause) -> int:
    """Take free units out of use until it is decided what becomes of them; None is all that are free. Commits.

    Raises NotFound, BadInput without a reason or a number, SoldOut when fewer are free.
    """
    if units is not None:
        _check(units)
    return _once(lot_id, cause, lambda session, lot: _keep(session, lot, units, cause))


def release(lot_id: int, units: int, cause: Cause) -> int:
    """Put units from quarantine back into use. Commits; raises as `quarantine` does, WrongState during a recall."""
    _check(units)
    return _once(lot_id, cause, lambda session, lot: _free(session, lot, units, cause))


def undo(movement_id: int, cause: Cause) -> int:
    """Post the opposite of a correction or of a quarantine, once a movement. Commits; `cause` needs no reason, no key.

    Raises NotFound, WrongState for any other kind, SoldOut when it can no longer be taken back.
    """
    reason = f"undo of movement {movement_id}"
    with unit() as session:
        done = session.get(StockMovement, movement_id)
        if done is None:
            raise NotFound("There is no such movement.")
        if done.kind not in CAN_BE_UNDONE:
            raise WrongState("Only a correction or a quarantine can be undone. Post what happened since instead.")
        lot = locked_lot(session, done.lot_id)
        return _posted(session, undo_key(movement_id)) or _opposite(
            session, lot, done, replace(cause, reason=reason, key=undo_key(movement_id))
        )


def undo_key(movement_id: int) -> str:
    """The key of the movement that undoes this one."""
    return f"undo-{movement_id}"


def _opposite(session: Session, lot: Lot, done: StockMovement, cause: Cause) -> int:
    if done.quarantined > 0:
        return _free(session, lot, done.quarantined, cause).id
    return post(session, lot, done.kind, cause, on_hand=-done.quantity, quarantined=-done.quarantined).id


def _keep(session: Session, lot: Lot, units: int | None, cause: Cause) -> StockMovement:
    if units is None and not lot.free:
        raise SoldOut(f"Lot {lot.code} has nothing free to put into quarantine.")
    return post(session, lot, "quarantine", cause, quarantined=lot.free if units is None else units)


def _free(session: Session, lot: Lot, units: int, cause: Cause) -> StockMovement:
    about = {"lot_id": lot.id, "quantity": units}
    moved = post(session, lot, "quarantine", cause, quarantined=-units)
    after_commit(lambda: signals.send(signals.stock_received, **about))
    return moved


def _once(lot_id: int, cause: Cause, work: Callable[[Session, Lot], StockMovement]) -> int:
    if not cause.reason.strip():
        raise BadInput("reason", "Say why, for whoever reads the ledger later.")
    with unit() as session:
        lot = locked_lot(session, lot_id)
        return _posted(session, cause.key) or work(session, lot).id


def _posted(session: Session, key: str | None) -> int | None:
    """The movement of this key. Ask under the item's row lock."""
    return session.scalar(select(StockMovement.id).where(StockMovement.key == key)) if key else None


def _check(units: int) -> None:
    if not 1 <= units <= MOST_UNITS:
        raise BadInput("units", f"Give a number from 1 to {MOST_UNITS:,}.")

"""Calling a lot back: what is left of it goes out of use at once, and the ledger says who received it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from kits import audit, signals
from kits.clock import today
from kits.errors import BadInput, NotFound, WrongState
from kits.host import after_commit
from kits.stock.ledger import LONGEST_REASON, Cause, is_recalled, locked_lot, post
from kits.stock.promises.reservations import shelves
from kits.stock.recall.tables import Recall
from kits.stock.tables import ALLOCATED, HELD, Lot, Reservation, StockMovement

LONGEST_MESSAGE = 2000


@dataclass(frozen=True)
class Begun:
    """What beginning a recall did.

    `quarantined` units went out of use; `put_back` names the orders that had
    some of it set aside: they are given other lots when they are packed.
    `missing` units of the item are then lacking for all that is promised, so
    that some of them wait for a delivery.
    """

    recall_id: int
    quarantined: int
    put_back: tuple[str, ...]
    missing: int


def recall(session: Session, lot_id: int, message: str, cause: Cause) -> Begun:
    """Begin the recall of a lot within the open unit; `message` is for all its recipients. Flushes.

    Raises NotFound, BadInput at `reason` or `message` (empty or too long),
    WrongState for a lot that is being recalled already. `lot_recalled` is sent
    after the commit.
    """
    _check(message, cause)
    lot = locked_lot(session, lot_id)
    if is_recalled(session, lot.id):
        raise WrongState(f"Lot {lot.code} is being recalled already.")
    orders = _put_back(session, lot, cause)
    units = lot.free
    if units:
        post(session, lot, "quarantine", cause, quarantined=units)
    row = Recall(lot=lot, reason=cause.reason, message=message.strip(), actor=cause.actor, begun_at=cause.now)
    session.add(row)
    session.flush()
    _record(session, "lot.recalled", row, cause, units=units, put_back=orders)
    after_commit(lambda: signals.send(signals.lot_recalled, lot_id=lot_id))
    return Begun(row.id, units, tuple(orders), missing(session, lot.item_id, cause.now))


def call_off(session: Session, recall_id: int, cause: Cause) -> None:
    """Take a recall back within the open unit: what is in quarantine stays there until it is released. Flushes.

    The caller has seen to it that nobody was told. Raises NotFound, BadInput without a reason.
    """
    if not cause.reason.strip():
        raise BadInput("reason", "Say why, for whoever reads it later.")
    row = session.get(Recall, recall_id)
    if row is None:
        raise NotFound("There is no such recall.")
    locked_lot(session, row.lot_id)
    _record(session, "recall.called_off", row, cause)
    session.delete(row)
    session.flush()


def recipients(lot_id: int) -> Select[*tuple[Any, ...]]:
    """Who has units of a lot: `order_number`, `units` (shipped and not returned), `shipped_at` (the last time)."""
    units = -func.sum(StockMovement.quantity)
    shipped = func.max(case((StockMovement.kind == "ship", StockMovement.at)))
    return (
        select(StockMovement.order_number, units.label("units"), shipped.label("shipped_at"))
        .where(
            StockMovement.lot_id == lot_id,
            StockMovement.kind.in_(("ship", "return")),
            StockMovement.order_number.is_not(None),
        )
        .group_by(StockMovement.order_number)
        .having(units > 0)
    )


def orders_packed_from(session: Session, lot_id: int) -> list[str]:
    """Numbers of the orders that have some of the lot set aside."""
    aside = select(Reservation.order_number).where(Reservation.lot_id == lot_id, Reservation.state == ALLOCATED)
    return sorted(set(session.scalars(aside)))


def missing(session: Session, item_id: int, now: datetime) -> int:
    """Units of the item that are lacking for what is promised to orders."""
    day = today(now)
    return shelves(session, [item_id], day, for_refill=True)[item_id].missing(day)


def _put_back(session: Session, lot: Lot, cause: Cause) -> list[str]:
    """Undo what is set aside of the lot; returns whose it was. The item's lock is held, so nobody packs meanwhile."""
    aside = select(Reservation).where(Reservation.lot_id == lot.id, Reservation.state == ALLOCATED)
    rows = session.scalars(aside.order_by(Reservation.id).execution_options(populate_existing=True)).all()
    for row in rows:
        post(session, lot, "allocate", replace(cause, order_number=row.order_number, key=None), allocated=-row.quantity)
        row.state, row.lot_id = HELD, None
    session.flush()
    return sorted({row.order_number for row in rows})


def _check(message: str, cause: Cause) -> None:
    if not cause.reason.strip():
        raise BadInput("reason", "Say why, for whoever reads the ledger later.")
    if len(cause.reason) > LONGEST_REASON:
        raise BadInput("reason", f"Keep the reason under {LONGEST_REASON} characters.")
    if not message.strip():
        raise BadInput("message", "Say what its customers should know.")
    if len(message) > LONGEST_MESSAGE:
        raise BadInput("message", f"Keep the message under {LONGEST_MESSAGE:,} characters.")


def _record(session: Session, action: str, row: Recall, cause: Cause, **detail: object) -> None:
    audit.record(
        session, at=cause.now, actor=cause.actor, action=action, subject=f"lot {row.lot_id}",
        recall=row.id, reason=cause.reason, **detail,
    )  # fmt: skip

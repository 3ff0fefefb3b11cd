"""What comes back from a customer: into use again, into quarantine to be looked at, or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits import audit, signals
from kits.clock import today
from kits.errors import BadInput
from kits.host import after_commit, unit
from kits.stock.ledger import Cause, is_done, locked_lot, post
from kits.stock.promises.reservations import lock
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot, StockMovement

What = Literal["restock", "inspect", "discard"]


def take_back(lot_id: int, units: int, what: What, cause: Cause) -> None:
    """Book `units` of a lot that the order `cause.order_number` has sent back. Commits; a key is done once.

    `restock` puts them back into use, `inspect` into quarantine, `discard`
    books them and writes them off. Raises NotFound, BadInput for more than the
    order still has of the lot, and for restocking a lot that has expired or was
    recalled.
    """
    with unit() as session:
        lot = locked_lot(session, lot_id)
        if not is_done(session, cause.key):
            _check(session, lot, units, what, cause)
            _book(session, lot, units, what, cause)


def take_back_all(session: Session, came: Mapping[tuple[int, What], int], cause: Cause) -> None:
    """Book all that came in one parcel: units by lot id and what becomes of them. Flushes; raises as `take_back`."""
    _lock(session, came)
    for (lot_id, what), units in sorted(came.items()):
        lot = locked_lot(session, lot_id)
        _check(session, lot, units, what, cause)
        _book(session, lot, units, what, cause)


def undo_all(session: Session, came: Mapping[tuple[int, What], int], cause: Cause) -> None:
    """Post the opposite of what `take_back_all` booked: the units count as the customer's again. Flushes.

    Raises SoldOut when they are no longer where they were put.
    """
    _lock(session, came)
    for (lot_id, what), units in sorted(came.items()):
        lot = locked_lot(session, lot_id)
        if what == "discard":
            post(session, lot, "write_off", cause, on_hand=units, quarantined=units)
        post(session, lot, "return", cause, on_hand=-units, quarantined=0 if what == "restock" else -units)


def _lock(session: Session, came: Mapping[tuple[int, What], int]) -> None:
    """All the items' row locks, in the order in which all take them."""
    lots = [lot_id for lot_id, _ in came]
    lock(session, session.scalars(select(Lot.item_id).where(Lot.id.in_(lots))))


def with_customer(session: Session, order_number: str) -> dict[int, int]:
    """Units by lot id that were shipped for the order and have not come back."""
    out = -func.sum(StockMovement.quantity)
    rows = session.execute(
        select(StockMovement.lot_id, out)
        .where(StockMovement.order_number == order_number, StockMovement.kind.in_(("ship", "return")))
        .group_by(StockMovement.lot_id)
    )
    return {lot_id: int(units) for lot_id, units in rows if units}


def _check(session: Session, lot: Lot, units: int, what: What, cause: Cause) -> None:
    if what not in get_args(What):
        raise BadInput("what", "Choose what becomes of it.")
    most = with_customer(session, cause.order_number or "").get(lot.id, 0)
    if not 1 <= units <= most:
        raise BadInput("units", f"The order has {most} of this lot. Give a number from 1 to {most}." if most else
                       "The order has nothing of this lot left to return.")  # fmt: skip
    if what == "restock" and lot.expires_on < today(cause.now):
        raise BadInput("what", "This lot has expired: it is not sent to anyone else. Discard it.")
    if what == "restock" and session.scalar(select(Recall.id).where(Recall.lot_id == lot.id)) is not None:
        raise BadInput("what", "This lot was recalled: it is not sent to anyone else. Keep it in quarantine.")


def _book(session: Session, lot: Lot, units: int, what: What, cause: Cause) -> None:
    # What is thrown away passes through quarantine, so that it is at no moment free.
    post(session, lot, "return", cause, on_hand=units, quarantined=0 if what == "restock" else units)
    if what == "discard":
        post(session, lot, "write_off", replace(cause, key=None), on_hand=-units, quarantined=-units)
    elif what == "restock":
        lot_id = lot.id
        after_commit(lambda: signals.send(signals.stock_received, lot_id=lot_id, quantity=units))
    audit.record(
        session, at=cause.now, actor=cause.actor, action="stock.returned", subject=cause.order_number or "",
        lot=lot.code, units=units, what=what,
    )  # fmt: skip

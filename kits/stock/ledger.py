"""The ledger: the only module that writes movements and balances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from kits.errors import BadInput, NotFound, SoldOut, WrongState
from kits.stock.promises.reservations import lock
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot, StockMovement

LONGEST_REASON = 500


@dataclass(frozen=True)
class Cause:
    """Why stock moves: who, when, and what they say of it.

    `key` is one a cause (a form that is sent twice carries the same), `order_number` the order it is for.
    """

    actor: str
    now: datetime
    reason: str = ""
    note: str = ""
    order_number: str | None = None
    key: str | None = None


def locked_lot(session: Session, lot_id: int) -> Lot:
    """The lot, its item's row lock taken, read afresh; raises NotFound."""
    item_id = session.scalar(select(Lot.item_id).where(Lot.id == lot_id))
    if item_id is None:
        raise NotFound("There is no such lot.")
    lock(session, [item_id])
    return session.get_one(Lot, lot_id, populate_existing=True)


def is_done(session: Session, key: str | None) -> bool:
    """True when a movement of this cause was written. Ask under the item's row lock."""
    return key is not None and session.scalar(select(StockMovement.id).where(StockMovement.key == key)) is not None


def is_recalled(session: Session, lot_id: int) -> bool:
    """True while the lot is under recall: nothing of it is used again. Ask under the item's row lock."""
    return bool(recalled(session, [lot_id]))


def recalled(session: Session, lot_ids: Iterable[int]) -> set[int]:
    """Those of the lots that are under recall; one statement."""
    return set(session.scalars(select(Recall.lot_id).where(Recall.lot_id.in_(list(lot_ids)))))


def post(
    session: Session, lot: Lot, kind: str, cause: Cause, *, on_hand: int = 0, allocated: int = 0, quarantined: int = 0
) -> StockMovement:
    """Change a lot's balances and write it down. Flushes.

    Raises SoldOut when the lot does not have it: no balance falls below 0, and
    what is allocated or in quarantine never exceeds what is on hand. Raises
    BadInput for a reason that is too long, WrongState for what would bring
    units of a recalled lot back into use.
    """
    _check_words(cause)
    if on_hand - allocated - quarantined > 0 and is_recalled(session, lot.id):
        raise _is_recalled(lot)
    _balance(session, lot, on_hand, allocated, quarantined)
    row = _movement(lot, kind, cause, on_hand, allocated, quarantined)
    session.add(row)
    session.flush()
    return row


def post_arrivals(session: Session, arrived: Sequence[tuple[Lot, int, Cause]]) -> None:
    """Put units (at least 1) into lots and write down a receipt each, in a handful of statements. Flushes.

    Raises BadInput and WrongState as `post` does.
    """
    gone = recalled(session, {lot.id for lot, _, _ in arrived})
    units: Counter[int] = Counter()
    for lot, count, cause in arrived:
        _check_words(cause)
        if lot.id in gone:
            raise _is_recalled(lot)
        units[lot.id] += count
    more = update(Lot.__table__).where(Lot.id == bindparam("lot"))  # type: ignore[arg-type]
    more = more.values(on_hand=Lot.on_hand + bindparam("units"))
    session.connection().execute(more, [{"lot": lot_id, "units": count} for lot_id, count in sorted(units.items())])
    session.add_all(_movement(lot, "receive", cause, count) for lot, count, cause in arrived)
    session.flush()
    for lot, _, _ in arrived:
        session.expire(lot, ["on_hand"])


def _movement(
    lot: Lot, kind: str, cause: Cause, on_hand: int, allocated: int = 0, quarantined: int = 0
) -> StockMovement:
    return StockMovement(
        at=cause.now,
        item_id=lot.item_id,
        lot_id=lot.id,
        kind=kind,
        quantity=on_hand,
        allocated=allocated,
        quarantined=quarantined,
        actor=cause.actor,
        reason=cause.reason,
        note=cause.note,
        order_number=cause.order_number,
        key=cause.key,
    )


def _check_words(cause: Cause) -> None:
    if len(cause.reason) > LONGEST_REASON or len(cause.note) > LONGEST_REASON:
        raise BadInput("reason", f"Keep the reason under {LONGEST_REASON} characters.")


def _is_recalled(lot: Lot) -> WrongState:
    return WrongState(f"Lot {lot.code} is being recalled: nothing of it comes back into use.")


def _balance(session: Session, lot: Lot, on_hand: int, allocated: int, quarantined: int) -> None:
    after = (Lot.on_hand + on_hand, Lot.allocated + allocated, Lot.quarantined + quarantined)
    enough = (after[0] >= after[1] + after[2], after[1] >= 0, after[2] >= 0)
    changed = session.execute(
        update(Lot)
        .where(Lot.id == lot.id, *enough)
        .values(on_hand=after[0], allocated=after[1], quarantined=after[2])
        .execution_options(synchronize_session=False)
    )
    session.refresh(lot, ["on_hand", "allocated", "quarantined"])
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        which = "in quarantine" if quarantined < 0 else "set aside" if allocated < 0 else "free"
        left = {"in quarantine": lot.quarantined, "set aside": lot.allocated, "free": lot.free}[which]
        raise SoldOut(f"Lot {lot.code} has no more than {left} {which}. Look again.", left)

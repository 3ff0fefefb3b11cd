"""Stock-take: units are counted lot by lot, and what differs is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit
from kits.stock.ledger import Cause, is_done, post
from kits.stock.limits import MOST_UNITS
from kits.stock.promises.reservations import lock
from kits.stock.tables import Lot


@dataclass(frozen=True)
class Counted:
    """`units` of a lot were counted while the books said `expected`."""

    lot_id: int
    expected: int
    units: int


def take(counts: Sequence[Counted], cause: Cause) -> int:
    """Post the differences of a stock-take, all or none; returns how many lots differed. Commits; a key is done once.

    Raises WrongState for a lot that moved since `expected` was read, BadInput
    at `lot-<id>` for a count that cannot be (below what is set aside or in
    quarantine), and at `reason` when a difference has none.
    """
    with unit() as session:
        lots = _locked(session, [count.lot_id for count in counts])
        differences = [(lots[each.lot_id], each) for each in counts if each.units != each.expected]
        if is_done(session, cause.key):
            return len(differences)
        for each in counts:
            _check(lots[each.lot_id], each)
        if differences and not cause.reason.strip():
            raise BadInput("reason", "Some counts differ. Say what you think happened, for whoever reads it later.")
        for place, (lot, each) in enumerate(differences):
            mine = cause if place == 0 else replace(cause, key=None)
            post(session, lot, "stock_take", mine, on_hand=each.units - each.expected)
        _record(session, counts, len(differences), cause)
    return len(differences)


def _locked(session: Session, lot_ids: Sequence[int]) -> dict[int, Lot]:
    wanted = select(Lot).where(Lot.id.in_(lot_ids)).execution_options(populate_existing=True)
    lock(session, session.scalars(select(Lot.item_id).where(Lot.id.in_(lot_ids))))
    found = {lot.id: lot for lot in session.scalars(wanted)}
    if len(found) != len(set(lot_ids)):
        raise NotFound("There is no such lot.")
    return found


def _check(lot: Lot, count: Counted) -> None:
    if lot.on_hand != count.expected:
        raise WrongState(f"Lot {lot.code} has moved since you began to count: {lot.on_hand} now. Count it again.")
    least = lot.allocated + lot.quarantined
    if not 0 <= count.units <= MOST_UNITS:
        raise BadInput(f"lot-{lot.id}", f"Give a number from 0 to {MOST_UNITS:,}.")
    if count.units < least:
        raise BadInput(
            f"lot-{lot.id}", f"{least} of these are set aside or in quarantine. Put them back or write them off first."
        )


def _record(session: Session, counts: Sequence[Counted], differed: int, cause: Cause) -> None:
    """That it was counted, also where nothing differed."""
    audit.record(
        session, at=cause.now, actor=cause.actor, action="stock.taken", subject="stock",
        lots={str(each.lot_id): each.units for each in counts}, differed=differed,
    )  # fmt: skip

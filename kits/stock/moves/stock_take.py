"""Stock-take: units are counted lot by lot, and what differs is posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit
from kits.stock.ledger import Cause, is_done, post
from kits.stock.limits import MOST_UNITS
from kits.stock.promises.reservations import lock
from kits.stock.tables import Lot, StockMovement


@dataclass(frozen=True)
class Counted:
    """`units` of a lot were counted while the books said `expected`."""

    lot_id: int
    expected: int
    units: int


class Moved(WrongState):
    """Lots moved while they were counted: `now` has the units on hand by lot id."""

    def __init__(self, lots: Sequence[Lot]) -> None:
        told = ", ".join(f"{lot.code} ({lot.on_hand} now)" for lot in lots)
        super().__init__(f"These lots have moved since you began to count: {told}. Count them again.")
        self.now = {lot.id: lot.on_hand for lot in lots}


class Miscounted(BadInput):
    """Counts that cannot be: `errors` has a sentence by field, `lot-<id>` each."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(*next(iter(errors.items())))
        self.errors = dict(errors)


def take(counts: Sequence[Counted], cause: Cause) -> int:
    """Post the differences of a stock-take, all or none; returns how many lots differed. Commits; a key is done once.

    Raises Moved for lots that moved since `expected` was read, Miscounted for
    counts that cannot be (below what is set aside or in quarantine), BadInput
    for a lot that is counted twice, and at `reason` when a difference has none.
    """
    with unit() as session:
        lots = _locked(session, [count.lot_id for count in counts])
        differences = [(lots[each.lot_id], each) for each in counts if each.units != each.expected]
        if is_done(session, cause.key):
            return len(differences)
        _check(lots, counts)
        if differences and not cause.reason.strip():
            raise BadInput("reason", "Some counts differ. Say what you think happened, for whoever reads it later.")
        for place, (lot, each) in enumerate(differences):
            note = f"The books said {each.expected}, {each.units} were counted."
            mine = replace(cause, note=note, key=cause.key if place == 0 else None)
            post(session, lot, "stock_take", mine, on_hand=each.units - each.expected)
        _record(session, counts, len(differences), cause)
    return len(differences)


def posted(session: Session, key: str) -> Sequence[StockMovement]:
    """The differences that the stock-take of this key posted, in the order of its lots; empty when there are none."""
    first = session.scalars(select(StockMovement).where(StockMovement.key == key)).first()
    if first is None:
        return []
    # One stock-take is one moment: its movements lie close together, from the one that has the key on.
    same = (StockMovement.kind == first.kind, StockMovement.at == first.at, StockMovement.actor == first.actor)
    rows = select(StockMovement).where(StockMovement.id >= first.id, *same)
    return session.scalars(rows.order_by(StockMovement.id)).all()


def _locked(session: Session, lot_ids: Sequence[int]) -> dict[int, Lot]:
    wanted = select(Lot).where(Lot.id.in_(lot_ids)).execution_options(populate_existing=True)
    for lot_id in {each for each in lot_ids if lot_ids.count(each) > 1}:
        raise BadInput(f"lot-{lot_id}", "This lot was counted twice. Add the counts up.")
    lock(session, session.scalars(select(Lot.item_id).where(Lot.id.in_(lot_ids))))
    found = {lot.id: lot for lot in session.scalars(wanted)}
    if len(found) != len(set(lot_ids)):
        raise NotFound("There is no such lot.")
    return found


def _check(lots: Mapping[int, Lot], counts: Sequence[Counted]) -> None:
    moved = [lots[each.lot_id] for each in counts if lots[each.lot_id].on_hand != each.expected]
    if moved:
        raise Moved(moved)
    errors = {f"lot-{each.lot_id}": sentence for each in counts if (sentence := _wrong(lots[each.lot_id], each.units))}
    if errors:
        raise Miscounted(errors)


def _wrong(lot: Lot, units: int) -> str | None:
    if not 0 <= units <= MOST_UNITS:
        return f"Give a number from 0 to {MOST_UNITS:,}."
    least = lot.allocated + lot.quarantined
    if units < least:
        return f"{least} of these are set aside or in quarantine. Put them back or write them off first."
    return None


def _record(session: Session, counts: Sequence[Counted], differed: int, cause: Cause) -> None:
    """That it was counted, also where nothing differed."""
    audit.record(
        session, at=cause.now, actor=cause.actor, action="stock.taken", subject="stock",
        lots={str(each.lot_id): each.units for each in counts}, differed=differed,
    )  # fmt: skip

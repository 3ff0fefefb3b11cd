"""An item's figures in one line: what is there, what of it is promised, and what is left to promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.stock.promises.reservations import shelves
from kits.stock.tables import HELD, Commitment, Lot, Reservation


@dataclass(frozen=True)
class Figures:
    """Units of one item.

    `on_hand` is all on the premises; of it `expired` is past its day (and in
    no quarantine), `quarantined` out of use, `reserved` promised to orders
    (allocated or not), `committed` kept back for refills. `available` is what
    can still be promised to last until today; `missing` is what is lacking to
    keep all promises, day by day: with lots that do not last long enough it can
    be more than 0 although the sums seem to do.
    """

    item: Item
    on_hand: int
    expired: int
    quarantined: int
    reserved: int
    committed: int
    available: int
    missing: int

    @property
    def low(self) -> bool:
        """True when fewer are left to promise than the item's own mark; a retired item is never low."""
        return self.item.retired_at is None and self.available < self.item.low_at


def figures(session: Session, today: date, items: Iterable[Item] | None = None) -> list[Figures]:
    """The figures of `items`, else of every item, by SKU: five statements however many there are."""
    found = sorted(items if items is not None else session.scalars(select(Item)), key=lambda item: item.sku)
    ids = [item.id for item in found]
    lots, promised = _lots(session, ids, today), _promised(session, ids)
    shelf = shelves(session, ids, today)
    return [
        Figures(
            item,
            *lots[item.id][:3],
            reserved=lots[item.id][3] + promised["held"][item.id],
            committed=promised["committed"][item.id],
            available=shelf[item.id].available(today, today),
            missing=shelf[item.id].missing(today),
        )
        for item in found
    ]


def _lots(session: Session, ids: list[int], today: date) -> dict[int, tuple[int, int, int, int]]:
    """On hand, expired, quarantined, allocated by item."""
    gone = Lot.expires_on < today
    sums = (
        func.sum(Lot.on_hand),
        func.sum(case((gone, Lot.on_hand - Lot.quarantined), else_=0)),
        func.sum(Lot.quarantined),
        func.sum(Lot.allocated),
    )
    rows = session.execute(select(Lot.item_id, *sums).where(Lot.item_id.in_(ids)).group_by(Lot.item_id))
    found: dict[int, tuple[int, int, int, int]] = defaultdict(lambda: (0, 0, 0, 0))
    for item_id, on_hand, expired, quarantined, allocated in rows:
        found[item_id] = (int(on_hand), int(expired), int(quarantined), int(allocated))
    return found


def _promised(session: Session, ids: list[int]) -> dict[str, dict[int, int]]:
    held = select(Reservation.item_id, func.sum(Reservation.quantity)).where(
        Reservation.item_id.in_(ids), Reservation.state == HELD
    )
    kept = select(Commitment.item_id, func.sum(Commitment.quantity)).where(Commitment.item_id.in_(ids))
    queries = {"held": held.group_by(Reservation.item_id), "committed": kept.group_by(Commitment.item_id)}
    return {
        name: defaultdict(int, {item: int(units) for item, units in session.execute(query)})
        for name, query in queries.items()
    }

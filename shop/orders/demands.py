"""What lines take from stock together, and which of them it cannot meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kits.catalogue.offered import OfferedPart
from kits.catalogue.tables import KitComponent
from kits.host import Reader
from kits.stock.promises.availability import Shelf
from kits.stock.promises.reservations import NONE_KNOWN, Demand, Shelves, with_known
from shop.orders.basket import PricedLine


def summed(demands: Iterable[Demand]) -> list[Demand]:
    """Demands of the same item and day added up, in the order of items."""
    sums: Counter[tuple[int, date]] = Counter()
    for demand in demands:
        sums[demand.item_id, demand.serves_until] += demand.quantity
    return [Demand(item, units, until) for (item, until), units in sorted(sums.items())]


def refill_demands(
    components: Iterable[KitComponent | OfferedPart], quantity: int, serves_until: date, sent: Mapping[int, int]
) -> list[Demand]:
    """What one refill takes from stock; `sent` gives for each component's item id that of the item sent for it."""
    parts = [(sent[part.item_id], part.in_refill * quantity) for part in components if part.in_refill]
    return summed(Demand(item_id, units, serves_until) for item_id, units in parts)


def short(reader: Reader, lines: Sequence[PricedLine], day: date, known: Shelves = NONE_KNOWN) -> set[int]:
    """The places of the lines that stock cannot meet now, the ones before met first; a look without a lock.

    Shelves that are `known`, all of them as of one moment, are not counted again.
    """
    found = with_known(reader, known, (demand.item_id for line in lines for demand in line.demands), day)
    lacking = set()
    for place, line in enumerate(lines):
        after = _taken(found, line.demands, day)
        if after is None:
            lacking.add(place)
        else:
            found = after
    return lacking


def _taken(found: Mapping[int, Shelf], demands: Iterable[Demand], day: date) -> dict[int, Shelf] | None:
    """The shelves after all of `demands` were promised; None when they cannot be."""
    left = dict(found)
    for demand in demands:
        shelf = left[demand.item_id]
        if shelf.available(demand.serves_until, day) < demand.quantity:
            return None
        left[demand.item_id] = shelf.with_promise(demand.serves_until, demand.quantity)
    return left

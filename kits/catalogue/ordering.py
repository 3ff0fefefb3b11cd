"""How an item is ordered: from whom, how long it takes, in what packs, and when it counts as low."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from kits import audit
from kits.catalogue.kits import item_by_sku
from kits.catalogue.tables import Item
from kits.errors import BadInput
from kits.host import unit
from kits.stock.limits import LONGEST_CODE, MOST_UNITS
from kits.stock.promises.reservations import lock

LONGEST_LEAD = 730
"""Days from ordering to having it, at most."""


@dataclass(frozen=True)
class Ordering:
    """An item's ordering figures: days, and units."""

    supplier: str
    lead_days: int
    safety_stock: int
    pack_size: int
    low_at: int


def ordering_of(item: Item) -> Ordering:
    """The item's figures as they stand."""
    return Ordering(item.supplier, item.lead_days, item.safety_stock, item.pack_size, item.low_at)


def change(sku: str, wanted: Ordering, *, actor: str, now: datetime) -> bool:
    """Give an item these ordering figures; the audit log keeps what they were. Commits; False when nothing changed.

    Raises NotFound for an unknown SKU, BadInput at the figure that cannot be.
    """
    _check(wanted)
    with unit() as session:
        item = item_by_sku(session, sku)
        lock(session, [item.id])
        session.refresh(item)
        before = ordering_of(item)
        if before == wanted:
            return False
        for name, value in asdict(wanted).items():
            setattr(item, name, value)
        audit.record(
            session, at=now, actor=actor, action="item.ordering_changed", subject=f"item {sku}",
            before=asdict(before), after=asdict(wanted),
        )  # fmt: skip
    return True


def _check(wanted: Ordering) -> None:
    if not wanted.supplier.isprintable() or len(wanted.supplier) > LONGEST_CODE:
        raise BadInput("supplier", f"Give the supplier's name, up to {LONGEST_CODE} characters.")
    if not 0 <= wanted.lead_days <= LONGEST_LEAD:
        raise BadInput("lead_days", f"Give the days from 0 to {LONGEST_LEAD}.")
    if not 1 <= wanted.pack_size <= MOST_UNITS:
        raise BadInput("pack_size", f"Give the units in a pack, from 1 to {MOST_UNITS:,}.")
    for name in ("safety_stock", "low_at"):
        if not 0 <= getattr(wanted, name) <= MOST_UNITS:
            raise BadInput(name, f"Give a number from 0 to {MOST_UNITS:,}.")

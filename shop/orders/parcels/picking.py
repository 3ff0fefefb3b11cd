"""Checking what a scanner reads against what is set aside for an order. Pure: the picked counts are the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kits.stock.tables import Lot


@dataclass(frozen=True)
class Pick:
    """`units` of a lot are set aside for the order, `picked` of them are in the box."""

    lot: Lot
    units: int
    picked: int = 0

    @property
    def left(self) -> int:
        """How many are still to be picked."""
        return max(0, self.units - self.picked)


@dataclass(frozen=True)
class Scan:
    """What a code says: `lot` is `picked`, is an `other` of the right item than `instead_of`, or a fault."""

    what: Literal["picked", "other", "fault"]
    sentence: str
    lot: Lot | None = None
    instead_of: Lot | None = None


def scan(code: str, picks: Sequence[Pick], known: Sequence[Lot], today: date) -> Scan:
    """Check a SKU or lot code; `known` are all lots with this code, or of the item with this SKU."""
    code = code.strip().upper()
    mine = [pick for pick in picks if code in (pick.lot.code.upper(), pick.lot.item.sku.upper())]
    open_ = [pick for pick in mine if pick.left]
    if len(open_) > 1:
        return Scan("fault", f"{code} may be {_either(open_)}. {_how(open_)}")
    if open_ and open_[0].lot.expires_on < today:
        return Scan(
            "fault", f"Lot {open_[0].lot.code} has expired since it was set aside. Put it back, then set aside again."
        )
    if open_:
        lot, so_far = open_[0].lot, open_[0].picked + 1
        return Scan("picked", f"{lot.item.name}, lot {lot.code}: {so_far} of {open_[0].units} picked.", lot)
    if mine:
        return Scan("fault", f"Too many: all of {_either(mine)} is picked already. Put this one back on the shelf.")
    return _not_set_aside(code, picks, known)


def _not_set_aside(code: str, picks: Sequence[Pick], known: Sequence[Lot]) -> Scan:
    if not known:
        return Scan("fault", f"{code} is no SKU and no lot of ours. Scan the label again, or type the code.")
    same_item = [(pick, lot) for lot in known for pick in picks if pick.lot.item_id == lot.item_id]
    wanted = [(pick, lot) for pick, lot in same_item if pick.left]
    if wanted:
        pick, lot = wanted[0]
        return Scan(
            "other",
            f"The right item, but lot {pick.lot.code} is set aside for this order, not lot {lot.code}. "
            f"Take lot {pick.lot.code}.",
            lot,
            pick.lot,
        )
    name = known[0].item.name
    if same_item:
        return Scan("fault", f"Too many: all of {name} that is set aside is picked. Put this one back on the shelf.")
    return Scan("fault", f"Wrong item: {name} is not set aside for this order. Put it back on the shelf.")


def _either(picks: Sequence[Pick]) -> str:
    return " or ".join(f"{pick.lot.item.name}, lot {pick.lot.code}" for pick in picks)


def _how(picks: Sequence[Pick]) -> str:
    one_item = len({pick.lot.item_id for pick in picks}) == 1
    return "Scan the lot code." if one_item else "Scan the SKU."

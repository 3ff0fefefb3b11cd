"""What the signed session keeps of someone who packs: what is in the box so far, and what the last scan said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

from flask import session

KEPT = "refillery_packing"
MOST_ORDERS = 3
"""The cookie is small: older boxes are forgotten and scanned anew."""


@dataclass(frozen=True)
class Said:
    """The last scan: `picked`, `other` or `fault`, its sentence; for `other` the two lots' ids and a mark."""

    what: str
    sentence: str
    lot: int | None = None
    instead_of: int | None = None
    submission: str = ""


def box(mark: str) -> dict[int, int]:
    """Units by lot id that are picked for the parcel with this mark."""
    return next(({int(lot): units for lot, units in lots} for each, lots, _ in _all() if each == mark), {})


def said(mark: str) -> Said | None:
    """What the last scan for this parcel said."""
    return next((Said(*last) for each, _, last in _all() if each == mark and last), None)


def keep(mark: str, lots: Mapping[int, int], last: Said | None = None) -> None:
    """Keep what is in the box, and what to say of it."""
    others = [each for each in _all() if each[0] != mark]
    mine = [mark, [[lot, units] for lot, units in lots.items()], list(astuple(last)) if last else None]
    session[KEPT] = [mine, *others][:MOST_ORDERS]


def forget(mark: str) -> None:
    """The parcel has left, or everything was put back."""
    session[KEPT] = [each for each in _all() if each[0] != mark]


def _all() -> list[list]:  # type: ignore[type-arg]
    found: list[list] = session.get(KEPT, [])  # type: ignore[type-arg]
    return found

"""Counting by brute force: which promised unit finds which unit on the shelf. Days are numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Want:
    """Units of an item that must last until a day."""

    item: int
    units: int
    until: int


def slack(lots: Iterable[tuple[int, int]], owed: Iterable[int], day: int, today: int) -> int:
    """Units (expiry, count) that last until `day` less those owed until then or later; below 0 when they are short."""
    return sum(units for expires, units in lots if expires >= day) - sum(max(until, today) >= day for until in owed)


def can_be_placed(lots: Iterable[tuple[int, int]], owed: Iterable[int], today: int) -> bool:
    """True when each owed unit finds one of its own that lasts: a search by augmenting paths."""
    shelf = [expires for expires, units in lots for _ in range(units)]
    wants = [max(until, today) for until in owed]
    given_to: dict[int, int] = {}

    def place(want: int, tried: set[int]) -> bool:
        for unit, expires in enumerate(shelf):
            if expires >= wants[want] and unit not in tried:
                tried.add(unit)
                if unit not in given_to or place(given_to[unit], tried):
                    given_to[unit] = want
                    return True
        return False

    return all(place(want, set()) for want in range(len(wants)))

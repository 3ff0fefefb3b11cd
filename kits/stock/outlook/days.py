"""One item's shelf, a day at a time.

In the morning what was ordered arrives; then the oldest that is owed is
served, then the day's own demand; at night what expired is gone. Demand takes
what expires first among what lasts long enough.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Units = Mapping[date, int]
"""Units by the last day they are good for, or by the day they must last until."""
Lasting = tuple[date, int]
"""Of those, one day and its units."""


@dataclass(frozen=True)
class Case:
    """What days are reckoned from: units free today, wanted and arriving by the day they do, from today on."""

    lots: Units
    wanted: Mapping[date, Units]
    arriving: Mapping[date, Units]
    today: date
    last: date


@dataclass(frozen=True)
class Day:
    """A day's units; `shelf` and `owed` as the night leaves them."""

    on: date
    arriving: int
    wanted: int
    expiring: int
    shelf: int
    owed: int

    @property
    def left(self) -> int:
        """The shelf less what is owed: below 0 when more is owed than is there."""
        return self.shelf - self.owed


def reckoned(case: Case, waits: bool = True) -> Iterator[Day]:
    """Every day from today to the last.

    What cannot be served waits for the next delivery that lasts long enough.
    With `waits` false it never is served: `owed` is then what all days so far
    would have taken from an order that came in time.
    """
    shelf = Shelf(case.lots.items(), case.today)
    waiting: list[Lasting] = []
    owed = 0
    for number in range((case.last - case.today).days + 1):
        day = case.today + timedelta(days=number)
        arriving = shelf.put(case.arriving.get(day, {}).items(), day)
        if arriving and waiting:
            waiting = _still_waiting(shelf, waiting, arriving)
            owed = _sum(waiting)
        wanted = sorted(case.wanted.get(day, {}).items())
        missed = [(until, units) for until, asked in wanted if (units := shelf.take(until, asked))]
        owed += _sum(missed)
        if waits:
            waiting += missed
        yield Day(day, arriving, _sum(wanted), shelf.expire(day), shelf.units, owed)


def _still_waiting(shelf: Shelf, waiting: list[Lasting], arrived: int) -> list[Lasting]:
    """The oldest are served first. What was there before did not last for them, so what arrived is all there is."""
    still: list[Lasting] = []
    for place, (until, units) in enumerate(waiting):
        if not arrived:
            return still + waiting[place:]
        if missing := shelf.take(until, units):
            still.append((until, missing))
        arrived -= units - missing
    return still


def _sum(units: Iterable[Lasting]) -> int:
    return sum(each for _, each in units)


class Shelf:
    """Units by expiry, the first to expire first."""

    def __init__(self, lots: Iterable[Lasting], today: date) -> None:
        self.units = 0
        self._lots: list[Lasting] = []
        self.put(lots, today)

    def put(self, lots: Iterable[Lasting], today: date) -> int:
        """Adds what is still good today; returns how many units that are."""
        good = [(expires, units) for expires, units in lots if units > 0 and expires >= today]
        for lot in good:
            insort(self._lots, lot)
        added = _sum(good)
        self.units += added
        return added

    def take(self, until: date, units: int) -> int:
        """Takes what lasts until `until`; returns how many of `units` could not be had."""
        at = bisect_left(self._lots, (until,))
        while units and at < len(self._lots):
            expires, there = self._lots[at]
            taken = min(units, there)
            units -= taken
            self.units -= taken
            if taken == there:
                del self._lots[at]
            else:
                self._lots[at] = (expires, there - taken)
        return units

    def expire(self, night: date) -> int:
        """Drops what is good no longer than `night`; returns how many units that were."""
        at = bisect_left(self._lots, (night + timedelta(days=1),))
        gone = _sum(self._lots[:at])
        del self._lots[:at]
        self.units -= gone
        return gone

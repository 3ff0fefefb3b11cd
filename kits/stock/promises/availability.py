"""What can still be promised, as pure arithmetic over lots and promises.

For every date, what must last until then has to fit the stock that does. So
a new promise that must last until `until` has to fit at every date up to it,
and the slack is smallest where an existing promise ends, or at `until` itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Shelf:
    """One item: `lots` units by expiry day, `promised` units by the day they must last until."""

    lots: Mapping[date, int]
    promised: Mapping[date, int]

    def available(self, until: date, today: date) -> int:
        """How many units can be promised that last until `until`; never below 0."""
        return self.times({until: 1}, today)

    def times(self, wanted: Mapping[date, int], today: date) -> int:
        """How many times all of `wanted`, units by the day they must last until, can be promised; never below 0."""
        days = {max(day, today) for day in (*self.promised, *wanted)}
        each = {day: _lasting_until(wanted, day, today) for day in days}
        return max(0, min(self._slack(day, today) // units for day, units in each.items() if units))

    def missing(self, today: date) -> int:
        """How many units are lacking for all that is promised; 0 when it can be kept."""
        return max(0, *(-self._slack(max(day, today), today) for day in self.promised), 0)

    def _slack(self, day: date, today: date) -> int:
        stock = sum(units for expires, units in self.lots.items() if expires >= day)
        return stock - _lasting_until(self.promised, day, today)

    def with_promise(self, until: date, units: int) -> Shelf:
        """This shelf after `units` more were promised until `until`."""
        return Shelf(self.lots, {**self.promised, until: self.promised.get(until, 0) + units})


def _lasting_until(units: Mapping[date, int], day: date, today: date) -> int:
    return sum(count for until, count in units.items() if max(until, today) >= day)


def sum_by_day(rows: Iterable[tuple[date, int]]) -> dict[date, int]:
    """Units added up by day."""
    sums: dict[date, int] = {}
    for day, units in rows:
        sums[day] = sums.get(day, 0) + units
    return sums

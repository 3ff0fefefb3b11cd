"""What of one item will be left, week by week, for the next year, and what to order by when: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Self

from kits.stock.outlook.days import Case, Day, reckoned

WEEKS = 52
"""A forecast runs over this many weeks, Monday to Sunday; the first is today's, from today on."""
COVER_DAYS = 91
"""How many days an order is to last, unless told otherwise: a quarter of a year."""


@dataclass(frozen=True)
class Wanted:
    """`units` that leave the shelf on day `on` (today, when that day is gone) and must last until `until`."""

    on: date
    until: date
    units: int


@dataclass(frozen=True)
class Incoming:
    """`units` that arrive on day `on` (tomorrow, when that day is gone); without `expires` they outlast the year."""

    on: date
    units: int
    expires: date | None = None


@dataclass(frozen=True)
class OrderRule:
    """How an item is ordered: `lead_days` ahead, in packs of `pack_size`, never to be below `safety_stock` units."""

    lead_days: int = 0
    safety_stock: int = 0
    pack_size: int = 1


@dataclass(frozen=True)
class Week:
    """A week's units: `opening + arriving - wanted - expiring == left`.

    `week_of` is its Monday. `expiring` went unused by its last good day.
    `left` is the shelf less what is owed, so it may be below 0.
    """

    week_of: date
    opening: int
    arriving: int
    wanted: int
    expiring: int
    left: int


@dataclass(frozen=True)
class Advice:
    """Order `quantity` units by `order_by`, so that they arrive on `needed_by`; `late`: that day is gone."""

    quantity: int
    order_by: date
    needed_by: date
    late: bool


@dataclass(frozen=True)
class ItemForecast:
    """One item's year. `missing`: the most units ever owed at once; no `order`: none is needed."""

    weeks: tuple[Week, ...]
    runs_out_on: date | None
    missing: int
    order: Advice | None

    def as_json(self) -> dict[str, Any]:
        """Plain values, days as ISO dates."""
        return asdict(self, dict_factory=_plain)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` gave. Raises KeyError, TypeError or ValueError for anything else."""
        weeks, order = kept["weeks"], kept["order"]
        return cls(
            weeks=tuple(Week(**_dated(week, "week_of")) for week in weeks),
            order=order and Advice(**_dated(order, "order_by", "needed_by")),
            runs_out_on=_dated(kept, "runs_out_on")["runs_out_on"],
            missing=kept["missing"],
        )


def forecast(
    lots: Mapping[date, int],
    demand: Iterable[Wanted],
    incoming: Iterable[Incoming],
    rule: OrderRule,
    today: date,
    cover_days: int = COVER_DAYS,
) -> ItemForecast:
    """The year of an item, `lots` being what is free of it: units by the last day they are good for.

    An order is needed on the first day on which anything is owed or fewer
    than the safety stock are left; it is to last for `cover_days` more.
    """
    last = today - timedelta(days=today.weekday()) + timedelta(weeks=WEEKS, days=-1)
    case = Case(lots, _wanted_by_day(demand, today), _arriving_by_day(incoming, today), today, last)
    days = list(reckoned(case))
    return ItemForecast(
        weeks=tuple(_weeks(days)),
        runs_out_on=next((day.on for day in days if day.owed), None),
        missing=max(day.owed for day in days),
        order=_advice(case, days, rule, cover_days),
    )


def _wanted_by_day(demand: Iterable[Wanted], today: date) -> dict[date, dict[date, int]]:
    days: dict[date, dict[date, int]] = {}
    for each in demand:
        on = max(each.on, today)
        until = max(each.until, on)
        day = days.setdefault(on, {})
        day[until] = day.get(until, 0) + each.units
    return days


def _arriving_by_day(incoming: Iterable[Incoming], today: date) -> dict[date, dict[date, int]]:
    days: dict[date, dict[date, int]] = {}
    for each in incoming:
        on = each.on if each.on >= today else today + timedelta(days=1)
        expires = each.expires or date.max
        day = days.setdefault(on, {})
        day[expires] = day.get(expires, 0) + each.units
    return days


def _weeks(days: Sequence[Day]) -> Iterator[Week]:
    opening = days[0].left - days[0].arriving + days[0].wanted + days[0].expiring
    for week_of, group in groupby(days, key=lambda day: day.on - timedelta(days=day.on.weekday())):
        week = list(group)
        yield Week(
            week_of=week_of,
            opening=opening,
            arriving=sum(day.arriving for day in week),
            wanted=sum(day.wanted for day in week),
            expiring=sum(day.expiring for day in week),
            left=week[-1].left,
        )
        opening = week[-1].left


def _advice(case: Case, days: Sequence[Day], rule: OrderRule, cover_days: int) -> Advice | None:
    """The fewest packs with which, from the day they are needed, nothing is owed and the safety stock is kept.

    They serve what the lots cannot and fill the shelf up to the safety stock.
    The day that asks for the most is not always the last one: a delivery may
    come before that, and lots that expire leave what has to be made up for.
    """
    needed_by = next((day.on for day in days if day.owed or day.left < rule.safety_stock), None)
    if needed_by is None:
        return None
    until = needed_by + timedelta(days=cover_days)
    cover = [day for day in reckoned(case, waits=False) if needed_by <= day.on <= until]
    units = max(day.owed + max(0, rule.safety_stock - day.shelf) for day in cover)
    order_by = needed_by - timedelta(days=rule.lead_days)
    return Advice(-(-units // rule.pack_size) * rule.pack_size, order_by, needed_by, late=order_by < case.today)


def _plain(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in fields}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


def _dated(kept: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**kept, **{name: kept[name] and date.fromisoformat(kept[name]) for name in names}}

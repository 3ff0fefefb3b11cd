"""The drawing of a forecast as pure geometry.

Across, positions run from 0 to 100, or by weeks from 0 to 52 in the paths,
so that a drawing can be as wide as its place; down, they are pixels from the
top of the plot, so that text keeps its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from kits.dates import short
from kits.stock.outlook.forecast import ItemForecast, Week
from kits.stock.outlook.words import described

HEIGHT, MOST_STEPS = 168, 5
"""The plot's height, and how many steps of its scale what is drawn may span."""
BARS_TOP, BARS_FOOT = 200, 236
"""What is wanted stands under the plot, on a scale of its own."""
RUNS_OUT_ROW, DELIVERIES_ROW, MARGIN = 22, 30, 8
"""Rows above the plot that are there when they have something to say."""
LETTER = 3.7
"""A letter's width on the narrowest plot, of 240 pixels on a phone of 360."""
LAST_ON_A_PHONE, LAST_MONTH = 89.0, 96.5
"""A month that begins later has no room for its name."""


@dataclass(frozen=True)
class Level:
    """A number of units at the height `y`."""

    y: float
    label: str


@dataclass(frozen=True)
class Owed:
    """A week that ends with more owed than there is; it hangs from the zero line."""

    x: float
    width: float
    height: float


@dataclass(frozen=True)
class Delivery:
    """What arrives in a week, and the height it brings the stock to; no label where the last one takes its place."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Month:
    """The first of a month; one with `more` is named only where there is room for all twelve."""

    x: float
    label: str
    year: str
    more: bool


@dataclass(frozen=True)
class RunsOut:
    """The first day something is missing; its label stands at the line's `side`: start, middle or end of the text."""

    x: float
    label: str
    side: str


@dataclass(frozen=True)
class Chart:
    """All a drawing needs, with `head` pixels above the plot, and the words that say the same."""

    title: str
    description: str
    head: int
    zero: float
    area: str
    line: str
    bars: str
    bars_label: str
    ticks: tuple[Level, ...]
    months: tuple[Month, ...]
    owed: tuple[Owed, ...]
    deliveries: tuple[Delivery, ...]
    safety: Level | None
    runs_out: RunsOut | None


def drawn(forecast: ItemForecast, safety_stock: int) -> Chart:
    """The drawing of a forecast; without a safety stock, none is shown."""
    weeks, runs_out_on = forecast.weeks, forecast.runs_out_on
    scale = _scale([week.left for week in weeks], safety_stock)
    across = _Across(weeks[0].week_of, len(weeks))
    deliveries, most = tuple(_deliveries(weeks, scale, across)), max(week.wanted for week in weeks)
    return Chart(
        title="Stock over the next 52 weeks",
        description=described(forecast, safety_stock),
        head=MARGIN + RUNS_OUT_ROW * (runs_out_on is not None) + DELIVERIES_ROW * bool(deliveries),
        zero=scale.at(0),
        area=f"M0 {scale.at(0)}{_steps([max(week.left, 0) for week in weeks], scale)}V{scale.at(0)}Z",
        line=f"M0 {scale.at(weeks[0].left)}{_steps([week.left for week in weeks], scale)}",
        bars=_bars([week.wanted for week in weeks], most),
        bars_label=f"Wanted each week, {most:,} at most" if most else "Nothing is wanted",
        ticks=tuple(Level(scale.at(units), f"{units:,}".replace("-", "\N{MINUS SIGN}")) for units in scale.ticks),
        months=tuple(_months(across)),
        owed=tuple(_owed(weeks, scale, across)),
        deliveries=deliveries,
        safety=Level(scale.at(safety_stock), f"Safety stock {safety_stock:,}") if safety_stock else None,
        runs_out=_runs_out(runs_out_on, across) if runs_out_on else None,
    )


@dataclass(frozen=True)
class _Scale:
    lowest: int
    highest: int
    step: int

    @property
    def ticks(self) -> range:
        return range(self.lowest, self.highest + 1, self.step)

    def at(self, units: int) -> float:
        return round(HEIGHT * (self.highest - units) / (self.highest - self.lowest), 1)


def _scale(lefts: Sequence[int], safety_stock: int) -> _Scale:
    low, high = min(0, *lefts), max(1, safety_stock, *lefts)
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(step for step in steps if high - low <= MOST_STEPS * step)
    return _Scale(low // step * step, -(-high // step) * step, step)


@dataclass(frozen=True)
class _Across:
    start: date
    weeks: int

    def at(self, day: date) -> float:
        return round(100 * (day - self.start).days / (7 * self.weeks), 2)


def _steps(lefts: Sequence[int], scale: _Scale) -> str:
    return "".join(f"V{scale.at(left)}H{number}" for number, left in enumerate(lefts, start=1))


def _bars(wanted: Sequence[int], most: int) -> str:
    tall = BARS_FOOT - BARS_TOP
    tops = [(n, round(BARS_FOOT - tall * units / most, 1)) for n, units in enumerate(wanted) if units]
    return "".join(f"M{n}.2 {BARS_FOOT}V{top}H{n}.8V{BARS_FOOT}Z" for n, top in tops)


def _owed(weeks: Sequence[Week], scale: _Scale, across: _Across) -> Iterator[Owed]:
    for week in weeks:
        if week.left < 0:
            height = round(scale.at(week.left) - scale.at(0), 1)
            yield Owed(across.at(week.week_of), round(100 / across.weeks, 2), height)


def _deliveries(weeks: Sequence[Week], scale: _Scale, across: _Across) -> Iterator[Delivery]:
    """Each label stands in the middle above its mark."""
    taken = -100.0
    for week in (week for week in weeks if week.arriving):
        x, label = across.at(week.week_of), f"+{week.arriving:,}"
        half = (len(label) + 1) * LETTER / 2
        free = x - half >= taken
        taken = x + half if free else taken
        yield Delivery(x, scale.at(week.left), label if free else "")


def _months(across: _Across) -> Iterator[Month]:
    """The firsts of months. The odd ones have room even on a phone: January, which names its year, is one of them."""
    day, named = (across.start - timedelta(days=1)).replace(day=1), 0
    while (x := across.at(day := day + relativedelta(months=1))) <= LAST_MONTH:
        odd = day.month % 2 == 1
        names = odd and day.year != named
        named = day.year if names else named
        yield Month(x, f"{day:%b}", f"{named}" if names else "", more=not odd or x > LAST_ON_A_PHONE)


def _runs_out(day: date, across: _Across) -> RunsOut:
    label = f"Runs out {short(day)}"
    x, half = across.at(day), len(label) * LETTER / 2
    return RunsOut(x, label, "start" if x < half else "end" if x > 100 - half else "middle")

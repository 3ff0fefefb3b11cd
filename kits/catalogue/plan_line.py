"""The plan line as pure geometry: where sessions, boxes and refills fall on a line of time.

Positions run from 0 to 100 along the time that the boxes cover, so that a
drawing can be as wide as its place while its text keeps its size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from kits.catalogue.session_plan import BOX_MONTHS, SessionPlan
from kits.dates import short, written

LEAST_ROOM, YEAR_ROOM = 7.0, 12.0
"""A month's label needs this much of the line, and a year's before the next year's."""
REMEMBERED = 200
"""How many lines of plans nobody has begun yet are remembered: shoppers look at the same few."""


@dataclass(frozen=True)
class Marks:
    """What is known of a plan under way: its done and skipped sessions and its refills' states, by number from 1.

    `numbers` are those of the refills that are drawn where some are left out, and `rests` the stretches in which
    nothing is done: from a day on, and the day it goes on.
    """

    today: date | None = None
    done: Collection[int] = ()
    refills: Mapping[int, str] = field(default_factory=dict)
    skipped: Collection[int] = ()
    numbers: Sequence[int] = ()
    rests: Sequence[tuple[date, date]] = ()


@dataclass(frozen=True)
class Session:
    """A session's dot."""

    number: int
    day: date
    x: float
    done: bool = False
    skipped: bool = False

    @property
    def written(self) -> str:
        """Its day in full."""
        return written(self.day)


@dataclass(frozen=True)
class Box:
    """A box's bar. `number` 0 is the kit's own; `fades` says where in the bar the last session falls, to 100."""

    number: int
    day: date
    x: float
    width: float
    label: str
    opened: str
    state: str = ""
    fades: float = 100.0

    @property
    def written(self) -> str:
        """The day it is opened, in full."""
        return written(self.day)


@dataclass(frozen=True)
class Pause:
    """A stretch in which nothing is done, where it lies on the line, and its words."""

    x: float
    width: float
    words: str


@dataclass(frozen=True)
class Month:
    """The first of a month, `x` on the line; the first label of all stands at 0."""

    x: float
    label: str
    year: str


@dataclass(frozen=True)
class PlanLine:
    """All a drawing needs, and the words that say the same."""

    sessions: tuple[Session, ...]
    boxes: tuple[Box, ...]
    months: tuple[Month, ...]
    last: float
    today: float | None
    title: str
    description: str
    pauses: tuple[Pause, ...] = ()

    @property
    def refills(self) -> tuple[Box, ...]:
        """The boxes after the kit's own."""
        return self.boxes[1:]

    @property
    def dates(self) -> list[Session | Box]:
        """Sessions and refills in the order of their days, a refill before the session it is for."""
        return sorted([*self.refills, *self.sessions], key=lambda each: (each.day, isinstance(each, Session)))


def plan_line(plan: SessionPlan, marks: Marks | None = None) -> PlanLine:
    """The line of a plan as it was made, with what is known of it since."""
    return _as_made(plan) if marks is None else _with(plan, marks)


@lru_cache(REMEMBERED)
def _as_made(plan: SessionPlan) -> PlanLine:
    return _with(plan, Marks())


def _with(plan: SessionPlan, marks: Marks) -> PlanLine:
    days = list(enumerate(plan.session_dates, start=1))
    return drawn(days, [plan.start, *plan.refill_needs], marks)


def drawn(sessions: Sequence[tuple[int, date]], opened: Sequence[date], marks: Marks) -> PlanLine:
    """The line of sessions by number and day, and of the days boxes are opened, the kit's own first.

    This is the way in for a plan that was moved: both are as they stand now. Skipped sessions stand among the
    others, and count for nothing.
    """
    had = [each for each in sessions if each[0] not in marks.skipped] or sessions
    first = min([opened[0], *(from_day for from_day, _ in marks.rests)])
    scale = _Scale(first, max(opened[-1] + relativedelta(months=BOX_MONTHS), sessions[-1][1]))
    last = had[-1][1]
    pauses = tuple(_pauses(marks, scale))
    return PlanLine(
        sessions=tuple(Session(n, day, scale.at(day), n in marks.done, n in marks.skipped) for n, day in sessions),
        boxes=tuple(_boxes(opened, last, scale, marks)),
        months=tuple(_months(scale)),
        last=scale.at(last),
        today=scale.at(marks.today) if marks.today and scale.start <= marks.today <= scale.end else None,
        title=_title(len(had), len(opened)),
        description=" ".join([_description(had, opened), *_more(marks, pauses)]),
        pauses=pauses,
    )


def _pauses(marks: Marks, scale: _Scale) -> Iterator[Pause]:
    for from_day, until in marks.rests:
        first, last = max(from_day, scale.start), min(until, scale.end)
        if first < last:
            words = f"It rests from {written(from_day)} until {written(until)}."
            if until == marks.today:
                words = f"It has rested since {written(from_day)}."
            yield Pause(scale.at(first), round(scale.at(last) - scale.at(first), 2), words)


def _more(marks: Marks, pauses: Sequence[Pause]) -> Iterator[str]:
    """What happened, in words."""
    if marks.skipped:
        *others, last = [str(number) for number in sorted(marks.skipped)]
        yield f"Sessions {', '.join(others)} and {last} are skipped." if others else f"Session {last} is skipped."
    yield from (pause.words for pause in pauses)


@dataclass(frozen=True)
class _Scale:
    start: date
    end: date

    def at(self, day: date) -> float:
        return round(100 * (day - self.start).days / (self.end - self.start).days, 2)


def _boxes(opened: Sequence[date], last: date, scale: _Scale, marks: Marks) -> Iterator[Box]:
    for number, day in enumerate(opened):
        final = number == len(opened) - 1
        end = scale.end if final else opened[number + 1]
        x, width = scale.at(day), round(scale.at(end) - scale.at(day), 2)
        named = marks.numbers[number - 1] if number and marks.numbers else number
        yield Box(
            number=named,
            day=day,
            x=x,
            width=width,
            label=f"Refill {named}" if number else "Kit",
            opened=short(day),
            state=marks.refills.get(named, ""),
            fades=round(100 * (scale.at(last) - x) / width, 2) if final else 100.0,
        )


def _months(scale: _Scale) -> Iterator[Month]:
    """The firsts of months, and before them the month it starts in where there is room; each year named once."""
    named = 0
    for x, day in _named_days(scale):
        january = scale.at(date(day.year + 1, 1, 1))
        if day.year == named or (not named and x < january < x + YEAR_ROOM):
            yield Month(x, f"{day:%b}", "")
        else:
            named = day.year
            yield Month(x, f"{day:%b}", f"{named}")


def _named_days(scale: _Scale) -> Iterator[tuple[float, date]]:
    day = scale.start.replace(day=1) + relativedelta(months=1)
    if scale.at(day) >= LEAST_ROOM:
        yield 0.0, scale.start
    while scale.at(day) <= 100 - LEAST_ROOM:
        yield scale.at(day), day
        day += relativedelta(months=1)


def _title(sessions: int, boxes: int) -> str:
    return f"{sessions} sessions, {boxes} {'box' if boxes == 1 else 'boxes'} of serum"


def _description(sessions: Sequence[tuple[int, date]], opened: Sequence[date]) -> str:
    span = f"The first session is on {written(sessions[0][1])}, the last on {written(sessions[-1][1])}."
    refills = opened[1:]
    if not refills:
        enough = sessions[-1][1] < opened[0] + relativedelta(months=BOX_MONTHS)
        return f"{span} The box in the kit lasts for all of them." if enough else span
    needed = "A refill is" if len(refills) == 1 else "Refills are"
    return f"{span} {needed} needed on {' and '.join(written(day) for day in refills)}."

"""Days of rest as pure arithmetic, in the shop's zone: what falls into one, or after it, comes later by its length.

A rest stands in the calendar, so it meets sessions where earlier rests have
moved them to. Rests that overlap are one: a day of rest counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Rest:
    """From `from_day` on nothing was done; on `until_day` it went on."""

    from_day: date
    until_day: date


def merged(rests: Iterable[Rest]) -> list[Rest]:
    """The same days of rest without overlaps, in order; what ends before it begins counts for nothing."""
    found: list[Rest] = []
    for rest in sorted(rests, key=lambda each: each.from_day):
        if found and rest.from_day <= found[-1].until_day:
            found[-1] = Rest(found[-1].from_day, max(found[-1].until_day, rest.until_day))
        elif rest.until_day > rest.from_day:
            found.append(rest)
    return found


def moved(day: date, rests: Iterable[Rest]) -> date:
    """Where a day of the plan stands in the calendar; `rests` are merged."""
    for rest in rests:
        if day >= rest.from_day:
            day += rest.until_day - rest.from_day
    return day


def prolonged(opened: date, empty: date, rests: Iterable[Rest]) -> date:
    """When what was opened on a day and would be empty on another is empty, as nothing is used on days of rest."""
    for rest in rests:
        begins = max(rest.from_day, opened)
        if begins <= empty and rest.until_day > begins:
            empty += rest.until_day - begins
    return empty


def awake(day: date, rests: Iterable[Rest]) -> date:
    """The day itself, or the day on which the rest that it falls into is over; `rests` are merged."""
    return next((rest.until_day for rest in rests if rest.from_day <= day < rest.until_day), day)

"""Holds as pure arithmetic over days in the shop's zone: what falls into one, or after it, comes later by its length.

A hold stands in the calendar, so it meets sessions where earlier holds have
moved them to. Holds that overlap are one: a day of rest counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kits.catalogue.session_plan import SessionPlan


@dataclass(frozen=True)
class Rest:
    """A hold that has ended: from `from_day` on nothing was done, on `until_day` it went on."""

    from_day: date
    until_day: date


@dataclass(frozen=True)
class MovedPlan:
    """A session plan as `rests` have moved it."""

    plan: SessionPlan
    rests: tuple[Rest, ...] = ()

    @property
    def start(self) -> date:
        """The day of the first session."""
        return self.moved(self.plan.start)

    @property
    def session_dates(self) -> tuple[date, ...]:
        """The day of each session, in order."""
        return tuple(self.moved(day) for day in self.plan.session_dates)

    @property
    def last_session(self) -> date:
        """The day of the last session."""
        return self.moved(self.plan.last_session)

    @property
    def delay(self) -> timedelta:
        """How much later than planned the last session is."""
        return self.last_session - self.plan.last_session

    def moved(self, day: date) -> date:
        """Where a day of the plan as it was made stands now; never earlier."""
        for rest in merged(self.rests):
            if day >= rest.from_day:
                day += rest.until_day - rest.from_day
        return day


def merged(rests: Iterable[Rest]) -> list[Rest]:
    """The same days of rest without overlaps, in order; what ends before it begins counts for nothing."""
    found: list[Rest] = []
    for rest in sorted(rests, key=lambda each: each.from_day):
        if found and rest.from_day <= found[-1].until_day:
            found[-1] = Rest(found[-1].from_day, max(found[-1].until_day, rest.until_day))
        elif rest.until_day > rest.from_day:
            found.append(rest)
    return found

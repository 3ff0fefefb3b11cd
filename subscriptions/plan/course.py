"""The course of a plan: its sessions and boxes where what has happened has moved them to. Pure, in the shop's zone.

A session that was done late, a pause and a hold are days of rest; a skipped
session is dropped and moves nothing; one that nobody logged counts as done on
its day. All is reckoned anew from the plan and what happened each time, so
that whatever is taken back is as if it had never been.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from dateutil.relativedelta import relativedelta

from kits.catalogue.session_plan import BOX_MONTHS, SessionPlan
from subscriptions.plan.rests import Rest, awake, merged, moved, prolonged


@dataclass(frozen=True)
class Logged:
    """What the customer says of a session: done on a day, or skipped (`done_on` is None)."""

    number: int
    done_on: date | None


@dataclass(frozen=True)
class Changed:
    """A plan that was changed under way: how many sessions it has in all, and that the ones from `from_session` on
    come each `every_weeks` weeks after the one before.
    """

    from_session: int
    sessions: int
    every_weeks: int


@dataclass(frozen=True)
class Step:
    """A session where it stands: the day it was done, or is to be done. `log` is what its customer said of it."""

    number: int
    day: date
    planned: date
    log: Logged | None = None

    @property
    def skipped(self) -> bool:
        """True when it is dropped."""
        return self.log is not None and self.log.done_on is None

    @property
    def logged_done(self) -> bool:
        """True when its customer said that it was done."""
        return self.log is not None and self.log.done_on is not None


@dataclass(frozen=True)
class Course:
    """A session plan with what happened: `rests` are holds and pauses."""

    plan: SessionPlan
    rests: tuple[Rest, ...] = ()
    log: tuple[Logged, ...] = ()
    changes: tuple[Changed, ...] = ()

    @property
    def sessions(self) -> int:
        """How many sessions it has in all, skipped ones too."""
        return self.changes[-1].sessions if self.changes else self.plan.sessions

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every session, skipped ones too, in order."""
        return self._walked[0]

    @cached_property
    def delays(self) -> tuple[Rest, ...]:
        """All days by which what comes later is moved, merged: rests, and from the day a late session was planned on
        to the day it was done.
        """
        return self._walked[1]

    @property
    def start(self) -> date:
        """The day of the first session, on which the kit's own box is opened."""
        return self.moved(self.plan.start)

    @property
    def to_have(self) -> tuple[Step, ...]:
        """The sessions that were or will be had: all but the skipped ones."""
        return tuple(step for step in self.steps if not step.skipped)

    @property
    def session_dates(self) -> tuple[date, ...]:
        """The days of those."""
        return tuple(step.day for step in self.to_have)

    @property
    def last_session(self) -> date:
        """The day of the last of those; the first session's where all are skipped."""
        return max(self.session_dates, default=self.start)

    @property
    def delay(self) -> timedelta:
        """How much later than planned the last session is."""
        return self.last_session - self._planned[-1]

    def moved(self, day: date) -> date:
        """Where a day of the plan as it was made stands now; never earlier."""
        return moved(day, self.delays)

    def empty_on(self, opened: date) -> date:
        """The day on which a box that was opened on a day is empty: after three months that were not rested."""
        return prolonged(opened, opened + relativedelta(months=BOX_MONTHS), self.delays)

    def awake(self, day: date) -> date:
        """The day itself, or the first after it on which the plan does not rest."""
        return awake(day, merged(self.rests))

    def next_step(self, today: date) -> Step | None:
        """The session to come: the first that was not logged and is not over."""
        return next((step for step in self.steps if step.log is None and step.day >= today), None)

    def had(self, today: date) -> tuple[Step, ...]:
        """The sessions that were had: said to be done, or not logged and over."""
        return tuple(step for step in self.to_have if step.logged_done or step.day < today)

    def to_log(self, today: date) -> Step | None:
        """The session that its customer would log today: the one nearest to it of those that were not logged."""
        unsaid = (step for step in self.steps if step.log is None)
        return min(unsaid, key=lambda step: abs((step.day - today).days), default=None)

    @cached_property
    def _planned(self) -> tuple[date, ...]:
        """The day of each session as it was agreed to, if nothing had happened since."""
        days = [self.plan.start]
        while len(days) < self.sessions:
            days.append(days[-1] + timedelta(weeks=self._weeks_before(len(days) + 1)))
        return tuple(days)

    def _weeks_before(self, number: int) -> int:
        """How many weeks lie between a session and the one before it."""
        for change in reversed(self.changes):
            if number >= change.from_session:
                return change.every_weeks
        return self.plan.every_weeks

    @cached_property
    def _walked(self) -> tuple[tuple[Step, ...], tuple[Rest, ...]]:
        said = {each.number: each for each in self.log}
        delays = merged(self.rests)
        steps = []
        for number, planned in enumerate(self._planned, 1):
            log, stands = said.get(number), moved(planned, delays)
            done = log.done_on if log and log.done_on else stands
            if done > stands:
                delays = merged([*delays, Rest(stands, done)])
            steps.append(Step(number, done, stands, log))
        return tuple(steps), tuple(delays)

    def box_days(self) -> Iterator[tuple[int, date]]:
        """Each refill's number from 1 and the day it is needed by the plan alone, without an end."""
        number = 0
        while True:
            number += 1
            yield number, self.moved(self.plan.box_starts(number))

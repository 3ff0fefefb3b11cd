"""The session plan as pure arithmetic: sessions, boxes, refill needs, cost.

A plan is anchored at its start: every date is reckoned from there, never from
the previous one, so a month end is clamped and does not drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from dateutil.relativedelta import relativedelta

from kits.errors import BadInput
from kits.money import Money

BOX_MONTHS = 3
LEAD_DAYS = 7
"""A refill is charged so many days before it is needed."""
LATEST_START = date(9000, 1, 1)


@dataclass(frozen=True)
class SessionPlan:
    """`sessions` sessions, one every `every_weeks` weeks, the first on `start`."""

    sessions: int
    every_weeks: int
    start: date

    @cached_property
    def session_dates(self) -> tuple[date, ...]:
        """The day of each session, in order."""
        return tuple(self.start + timedelta(weeks=i * self.every_weeks) for i in range(self.sessions))

    @property
    def last_session(self) -> date:
        """The day of the last session."""
        return self.start + timedelta(weeks=(self.sessions - 1) * self.every_weeks)

    def box_starts(self, number: int) -> date:
        """The day box `number` is opened: 0 is the kit's own, k the k-th refill. Clamped to the month's end."""
        return _months_after(self.start, BOX_MONTHS * number)

    @cached_property
    def refill_needs(self) -> tuple[date, ...]:
        """The day each refill is needed: those on which a session still falls on or after it."""
        needs: list[date] = []
        while self.box_starts(len(needs) + 1) <= self.last_session:
            needs.append(self.box_starts(len(needs) + 1))
        return tuple(needs)

    @cached_property
    def charge_days(self) -> tuple[date, ...]:
        """The day each refill is best charged, a week before it is needed."""
        return tuple(need - timedelta(days=LEAD_DAYS) for need in self.refill_needs)

    @property
    def boxes(self) -> int:
        """How many boxes of serum the whole plan uses, the kit's own included."""
        return 1 + len(self.refill_needs)

    def box_serves_until(self, number: int) -> date:
        """The last session that box `number` serves; its start where no session falls into it."""
        first, after = self.box_starts(number), self.box_starts(number + 1)
        return max((day for day in self.session_dates if first <= day < after), default=first)


@dataclass(frozen=True)
class PlanLimits:
    """The kit's own limits on a plan, all inclusive."""

    min_sessions: int
    max_sessions: int
    min_weeks: int
    max_weeks: int

    def plan(self, sessions: int, every_weeks: int, start: date) -> SessionPlan:
        """The plan asked for; raises BadInput at the field that is outside the limits."""
        if not self.min_sessions <= sessions <= self.max_sessions:
            raise BadInput("sessions", f"Choose {self.min_sessions} to {self.max_sessions} sessions.")
        if not self.min_weeks <= every_weeks <= self.max_weeks:
            raise BadInput("every_weeks", f"Leave {self.min_weeks} to {self.max_weeks} weeks between sessions.")
        if start > LATEST_START:
            raise BadInput("start", "Choose an earlier start.")
        return SessionPlan(sessions, every_weeks, start)


@lru_cache(maxsize=4096)
def _months_after(day: date, months: int) -> date:
    """So many months later, clamped to the month's end. Remembered: pages ask for the same few days all day long."""
    return day + relativedelta(months=months)


def plan_total(plan: SessionPlan, kit: Money, refill: Money, quantity: int = 1) -> Money:
    """What the whole plan costs, VAT included, without shipping."""
    return (kit + refill * len(plan.refill_needs)) * quantity

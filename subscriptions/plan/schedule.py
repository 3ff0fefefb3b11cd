"""When a refill is announced, charged and needed, as pure arithmetic over days in the shop's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kits.catalogue.session_plan import LEAD_DAYS, SessionPlan
from subscriptions.plan.course import Course

NOTICE_DAYS = 7
# Notices are written a little early, so that a mail server's bad day moves no charge.
EARLY_DAYS = 3


@dataclass(frozen=True)
class RefillDays:
    """The days of one refill."""

    number: int
    needed_on: date

    @property
    def wanted_charge(self) -> date:
        """The day it is best charged: a week before it is needed."""
        return self.needed_on - timedelta(days=LEAD_DAYS)

    @property
    def notice_on(self) -> date:
        """The day its advance notice is written."""
        return self.wanted_charge - timedelta(days=NOTICE_DAYS + EARLY_DAYS)

    def charge_on(self, accepted_on: date) -> date:
        """The day it may be charged when the mail server took its notice on `accepted_on`."""
        return max(self.wanted_charge, accepted_on + timedelta(days=NOTICE_DAYS))


def refill_days(plan: SessionPlan) -> list[RefillDays]:
    """The days of every refill the undisturbed plan needs."""
    return [RefillDays(number, need) for number, need in enumerate(plan.refill_needs, start=1)]


def still_needed(day: date, last_session: date) -> bool:
    """True while a session falls on or after `day`: what comes later than the last session is not sent."""
    return day <= last_session


def serves_until(plan: SessionPlan | Course, needed_on: date) -> date:
    """The last session a box opened on `needed_on` is for."""
    course = plan if isinstance(plan, Course) else Course(plan)
    empty = course.empty_on(needed_on)
    return max((day for day in course.session_dates if needed_on <= day < empty), default=course.last_session)

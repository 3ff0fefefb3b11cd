"""A plan as pages draw it, and the states of its refills in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kits.catalogue.plan_line import Marks, PlanLine, drawn
from kits.clock import today
from subscriptions.plan.course import Course
from subscriptions.plan.rests import merged
from subscriptions.tables import CANCELLED, DROPPED, UNCLAIMED, Subscription

IN_WORDS = {
    "scheduled": "planned",
    "notified": "announced",
    "waiting_for_stock": "waiting for stock, nothing charged",
    "charging": "being charged",
    "declined": "card declined, will be tried again",
    "needs_customer": "waiting for you",
    "paid": "paid, being packed",
    "shipped": "sent",
    "dropped": "not needed, not sent",
    "cancelled": "ended, not charged",
}


def line_of(subscription: Subscription, now: datetime) -> PlanLine:
    """The plan line as it stands: sessions and refills on their days of now, refills that are not sent left out.

    While the plan is held all that is to come stands where it would be if it went on today.
    """
    course, day = subscription.course_on(today(now)), today(now)
    resting = course.last_session - subscription.last_session
    sent = [refill for refill in subscription.refills if refill.state not in (DROPPED, CANCELLED)]
    needed = [refill.needed_on + (resting if refill.state in UNCLAIMED else timedelta()) for refill in sent]
    return course_line(course, [(it.number, on, it.state) for it, on in zip(sent, needed, strict=True)], day)


def course_line(course: Course, refills: Sequence[tuple[int, date, str]], day: date) -> PlanLine:
    """The line of a course and of its refills' numbers, days of need and states."""
    marks = Marks(
        day,
        done=[step.number for step in course.had(day)],
        skipped=[step.number for step in course.steps if step.skipped],
        refills={number: state for number, _, state in refills},
        numbers=[number for number, _, _ in refills],
        rests=[(rest.from_day, rest.until_day) for rest in merged(course.rests)],
    )
    sessions = [(step.number, step.day) for step in course.steps]
    return drawn(sessions, [course.start, *(on for _, on, _ in refills)], marks)

"""What a plan's calendar holds, read from its rows: every session, notice and charge it has or ever had.

What no longer happens stays in it as cancelled, so that calendar apps which
keep what they once read take it out. The words are neutral: calendars are
shared, shown on locked screens and synchronised to work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kits.clock import today as day_of
from kits.money import Money
from subscriptions.plan.course import Course, Step
from subscriptions.tables import (
    CANCELLED,
    CHARGING,
    DECLINED,
    DROPPED,
    ENDED,
    NEEDS_CUSTOMER,
    NOTIFIED,
    PAID,
    SCHEDULED,
    SHIPPED,
    UNCLAIMED,
    Refill,
    Subscription,
)

STANDS, OPEN, OFF = "CONFIRMED", "TENTATIVE", "CANCELLED"
"""What becomes of an event, in the words of RFC 5545: it happens, waits for something, or does not happen."""


@dataclass(frozen=True)
class Event:
    """Something on one whole day of the shop's zone. `key` names it for good, whatever day it moves to."""

    key: str
    day: date
    title: str
    status: str = STANDS


def events(plan: Subscription, today: date, *, stopped: bool) -> tuple[Event, ...]:
    """All events of a plan; its refills are loaded with their orders and notices. `stopped`: nothing is charged now."""
    return (*_sessions(plan, today), *_refills(plan, today, stopped))


def _sessions(plan: Subscription, today: date) -> Iterator[Event]:
    # An open hold counts for nothing yet: its end is not known, and days that moved with each reading would be no use.
    course = plan.course_of([hold for hold in plan.holds if hold.until_day is not None], today)
    off_from = _off_from(plan)
    for step in _steps(course):
        title = f"Session {step.number} of {course.sessions}{', done' if step.logged_done else ''}"
        rests = off_from is not None and step.day >= off_from and not step.logged_done
        off = rests or step.skipped or step.number > course.sessions
        title = f"Session {step.number}" if step.number > course.sessions else title
        yield Event(f"session {step.number}", step.day, title, OFF if off else STANDS)


def _off_from(plan: Subscription) -> date | None:
    """The first day on which nothing of the plan happens: it is held, or has ended."""
    ended = day_of(plan.ended_at) + timedelta(days=1) if plan.state == ENDED and plan.ended_at else None
    return min((day for day in (plan.rests_since, ended) if day is not None), default=None)


def _steps(course: Course) -> Iterator[Step]:
    """The sessions, and after them those that a shorter plan has no more, on the days they last had."""
    yield from course.steps
    most = max(course.plan.sessions, *(change.sessions for change in course.changes), 0)
    for number in range(course.sessions + 1, most + 1):
        yield _as_it_was(course, number).steps[number - 1]


def _as_it_was(course: Course, number: int) -> Course:
    """The course before the changes by which it lost a session."""
    while course.sessions < number:
        course = replace(course, changes=course.changes[:-1])
    return course


def _refills(plan: Subscription, today: date, stopped: bool) -> Iterator[Event]:
    for refill in plan.refills:
        off = _is_off(refill, today)
        yield _notice(refill, off)
        yield _charge(refill, off, stopped and refill.state in UNCLAIMED)


def _is_off(refill: Refill, today: date) -> bool:
    """True when it is not charged: it is not needed, was ended, or its plan is held or over."""
    if refill.state in (DROPPED, CANCELLED):
        return True
    plan = refill.subscription
    return refill.state in UNCLAIMED and (plan.rests or plan.is_over(today))


def _notice(refill: Refill, off: bool) -> Event:
    """The mail before the charge: on the day it was written, once it was."""
    title = f"Notice of refill {refill.number}"
    if refill.notice is not None:
        return Event(f"notice {refill.number}", day_of(refill.notice.sent_at or refill.notice.queued_at), title)
    return Event(f"notice {refill.number}", refill.notice_on, title, OFF if off else STANDS)


def _charge(refill: Refill, off: bool, stopped: bool) -> Event:
    day, what, status = (refill.charge_on, "is not charged for now", OPEN) if stopped else _when(refill)
    title = f"Refill {refill.number} {what}, {_price(refill)}"
    return Event(f"charge {refill.number}", day, title, OFF if off else status)


def _when(refill: Refill) -> tuple[date, str, str]:
    """The day of a charge, what happens then, and whether that is sure."""
    if refill.state in (PAID, SHIPPED):
        return refill.paid_on or refill.charge_on, "was charged", STANDS
    if refill.state == NEEDS_CUSTOMER:
        return refill.charge_on, "waits for you to pay", OPEN
    if refill.state == DECLINED:
        return refill.retry_on or refill.charge_on, "is tried again", STANDS
    if refill.must_confirm and refill.confirmed_at is None:
        return refill.charge_on, "is charged if you say yes", OPEN
    if refill.state in (SCHEDULED, NOTIFIED, CHARGING, DROPPED, CANCELLED):
        return refill.charge_on, "is charged", STANDS
    return refill.charge_on, "is delayed and not charged yet", OPEN


def _price(refill: Refill) -> Money:
    """What was paid, or is going to be: what the notice named, or less."""
    if refill.order is not None:
        return refill.order.total
    price = refill.price
    if refill.notice is None or refill.notice_amount is None:
        return price
    return Money(min(refill.notice_amount, price.amount), price.currency)

"""Bringing refills in line with their plan: whatever happened to it, their days are reckoned anew and written here.

What was claimed already stays as it is: what is being charged, waits for its
customer, was paid or sent. All else follows the plan, and when something is
taken back it is as if it had never been.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from kits.clock import today
from kits.rows import keep_to
from kits.stock.promises.reservations import prolong
from shop.orders.tables import Order
from subscriptions.cards import missing
from subscriptions.locks import lock_refills
from subscriptions.plan.course import Course
from subscriptions.plan.needs import Box, needs
from subscriptions.plan.schedule import NOTICE_DAYS, RefillDays, serves_until, still_needed
from subscriptions.tables import (
    ACTIVE,
    CANCELLED,
    CHARGING,
    DECLINED,
    DROPPED,
    NEEDS_CUSTOMER,
    NOTIFIED,
    PAID,
    SCHEDULED,
    SHIPPED,
    TO_COME,
    UNCLAIMED,
    WAITING,
    Refill,
    Subscription,
)


@dataclass(frozen=True)
class Replanned:
    """What became of a plan: its course, and the refills that are no longer needed, or are needed beside the others."""

    course: Course
    dropped: tuple[Refill, ...]
    added: tuple[Refill, ...]


def replan(session: Session, subscription_id: int, now: datetime) -> Replanned:
    """Reckon the plan's days anew and write them, refills in their order. Flushes. The plan's lock is held.

    An open hold counts for nothing yet: when it ends is not known.
    """
    subscription = session.get_one(Subscription, subscription_id, populate_existing=True)
    course = _moved(session, subscription, now)
    refills = lock_refills(session, subscription_id)
    set_committed_value(subscription, "refills", list(refills))  # all of them: nobody needs to read them again
    return _placed_anew(session, subscription, course, now)


def replan_locked(session: Session, subscription: Subscription, now: datetime) -> Replanned:
    """The same of a plan that was read with its refills under all their locks."""
    return _placed_anew(session, subscription, _moved(session, subscription, now), now)


def _moved(session: Session, subscription: Subscription, now: datetime) -> Course:
    """The plan's course, its end written down, and what is on order for it lasting as long."""
    course = subscription.course_of([hold for hold in subscription.holds if hold.until_day is not None], today(now))
    later = course.last_session - subscription.last_session
    keep_to(subscription, last_session=course.last_session)
    session.flush()
    _prolong_orders(session, subscription, later)
    return course


def _placed_anew(session: Session, subscription: Subscription, course: Course, now: datetime) -> Replanned:
    day, refills = today(now), subscription.refills
    needed = needs(course, [box_of(refill) for refill in refills])
    dropped = [refill for refill in refills if not _placed(refill, needed, course, day)]
    added = _added(subscription, {number: on for number, on in needed.items() if number > len(refills)}, course, day)
    session.add_all(added)
    session.flush()
    missing.ask(session, subscription, now)  # a refill may be to pay again since its card was removed
    return Replanned(course, tuple(dropped), tuple(added))


def announce_anew(refill: Refill, notice_on: date) -> None:
    """What its notice named holds no longer: it is announced once more before it is charged."""
    refill.state, refill.notice_id, refill.notice_on, refill.waited_at = SCHEDULED, None, notice_on, None
    refill.confirmed_at = None
    refill.retry_on, refill.retry_after, refill.tries_backup = None, None, False


def _prolong_orders(session: Session, subscription: Subscription, later: timedelta) -> None:
    if later:
        root = Order.root_number == subscription.order.number
        orders = select(Order.number).where(root, Order.kind != "replacement")
        prolong(session, session.scalars(orders).all(), later)


def box_of(refill: Refill) -> Box:
    """A refill as the plan's arithmetic knows it."""
    if refill.state in (PAID, SHIPPED):
        return Box(refill.number, opened=max(refill.paid_on or refill.needed_on, refill.needed_on))
    if refill.state in (CHARGING, NEEDS_CUSTOMER):
        return Box(refill.number, opened=refill.needed_on)
    comes = refill.state in UNCLAIMED or may_return(refill)
    return Box(refill.number, later=refill.moved_days, left_out=not comes)


def may_return(refill: Refill) -> bool:
    """True for what was dropped because the plan did not need it: when it does again, it comes back.

    Not once a later one was announced: that has taken its place.
    """
    dropped = refill.state == DROPPED and refill.order_id is None and refill.subscription.state == ACTIVE
    return dropped and not later_announced(refill)


def later_announced(refill: Refill) -> bool:
    """True once a refill after this one was announced and is not let go again."""
    after = [each for each in refill.subscription.refills if each.number > refill.number]
    return any(each.notice_id is not None and each.state not in (DROPPED, CANCELLED) for each in after)


def _placed(refill: Refill, needed: dict[int, date], course: Course, day: date) -> bool:
    """Write the days of a refill that moves; False when it was to come and is no longer needed."""
    if refill.state not in UNCLAIMED and not may_return(refill):
        return True
    on = needed.get(refill.number)
    if on is not None and (refill.state in UNCLAIMED or _in_time(RefillDays(refill.number, on), course, day)):
        _write(refill, RefillDays(refill.number, on), course, day)
        return True
    if refill.state in TO_COME:
        refill.state = DROPPED
        return False
    if refill.state == DECLINED:
        # Its order is closed at the gateway by the duty of lapsed refills, which sees this day.
        refill.needed_on = max(refill.needed_on, course.last_session + timedelta(days=1))
    return True


def _in_time(days: RefillDays, course: Course, day: date) -> bool:
    """True while a refill that is announced today can still be charged before the last session."""
    return still_needed(max(days.charge_on(day), days.needed_on), course.last_session)


def _write(refill: Refill, days: RefillDays, course: Course, day: date) -> None:
    anew = days.notice_on > day and refill.notice_id is not None and refill.state != DECLINED
    if anew or refill.state == DROPPED:
        announce_anew(refill, days.notice_on)
    keep_to(
        refill,
        needed_on=days.needed_on,
        notice_on=days.notice_on,
        charge_on=charge_day(course, days.wanted_charge, earliest_charge(refill)),
        serves_until=serves_until(course, days.needed_on),
    )
    if refill.state == WAITING and refill.charge_on > day:
        refill.state, refill.waited_at = NOTIFIED, None


def charge_day(course: Course, wanted: date, earliest: date | None) -> date:
    """The day a refill is charged: never earlier than the last notice allows, and not while the plan rests."""
    return course.awake(max(wanted, earliest or wanted))


def earliest_charge(refill: Refill) -> date | None:
    """The day that its last notice named, or a later one where the mail server was late to take it; None without."""
    notice = refill.notice if refill.state in (NOTIFIED, WAITING) else None
    if refill.told_on is None or notice is None or notice.sent_at is None:
        return refill.told_on
    return max(refill.told_on, today(notice.sent_at) + timedelta(days=NOTICE_DAYS))


def _added(subscription: Subscription, needed: dict[int, date], course: Course, day: date) -> Sequence[Refill]:
    """Refills that the plan takes since it was changed."""
    days = [RefillDays(number, on) for number, on in needed.items()]
    return [new_refill(each, course, subscription.id) for each in days if _in_time(each, course, day)]


def new_refill(days: RefillDays, course: Course, subscription_id: int | None = None) -> Refill:
    """A refill that is to come."""
    return Refill(
        subscription_id=subscription_id,
        number=days.number,
        state=SCHEDULED,
        needed_on=days.needed_on,
        notice_on=days.notice_on,
        charge_on=days.wanted_charge,
        serves_until=serves_until(course, days.needed_on),
    )

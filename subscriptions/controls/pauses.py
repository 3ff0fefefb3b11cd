"""Pausing a plan until a day, holding it until further notice, and going on. No reason is asked, and none is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kits import audit, host
from kits.clock import today
from kits.dates import written
from kits.errors import BadInput, WrongState
from subscriptions import commitments
from subscriptions.controls import telling
from subscriptions.controls.doing import change, taken
from subscriptions.controls.outlook import Facts
from subscriptions.locks import lock_refills
from subscriptions.plan.rests import Rest
from subscriptions.replanning import replan
from subscriptions.tables import Hold, Refill, Subscription
from subscriptions.unsent import asking

CUSTOMER = "customer"
LONGEST = timedelta(days=365)
HELD = "Your plan is on hold. Let it go on first, then choose a pause."

Tell = Callable[[Session, Subscription, datetime], None]
"""Writes the mail about a hold, in its transaction."""


def paused(until: date, day: date, known: Facts) -> Facts:
    """The plan with a pause from today; raises BadInput at `until`."""
    _check(until, day)
    course = replace(known.course, rests=(*known.course.rests, Rest(day, until)))
    return replace(known, course=course)


def said_of_pause(until: date) -> str:
    """The sentence that a plan rests until a day, for the mail and the page."""
    return f"Your plan rests until {written(until)}, and nothing is charged before."


def pause(subscription_id: int, until: date, *, actor: str, now: datetime) -> None:
    """Rest from today until a day: what is to come moves by as many days. Commits. A running pause gets a new end.

    Raises BadInput at `until`, WrongState as `change` does and while the plan is held.
    """
    _check(until, today(now))

    def write(session: Session, plan: Subscription, _: Sequence[Refill]) -> str:
        if plan.rests:
            raise WrongState(HELD)
        running = _running(plan, today(now))
        if running is None:
            plan.holds.append(Hold(from_day=today(now), until_day=until, cause=CUSTOMER, made_at=now))
        elif running.until_day == until:
            return ""
        else:
            running.until_day = until
        return said_of_pause(until)

    change(subscription_id, "paused", write, actor=actor, now=now)


def end_pause(subscription_id: int, *, actor: str, now: datetime) -> None:
    """Go on today instead of at the end of the pause. Commits. Without a pause nothing is done."""

    def write(session: Session, plan: Subscription, _: Sequence[Refill]) -> str:
        running = _running(plan, today(now))
        if running is None:
            return ""
        running.until_day, running.ended_at = today(now), now
        return "Your plan goes on."

    change(subscription_id, "pause_ended", write, actor=actor, now=now)


def hold(subscription_id: int, *, actor: str, now: datetime) -> bool:
    """Stop sessions, refills and charges until the customer says otherwise. Commits. False when it is held already.

    Always accepted: a charge that is out already finishes. Raises WrongState when the refills have ended.
    """
    host.outside_transaction()
    with host.unit() as session:
        plan, _ = taken(session, subscription_id)
        return hold_within(session, plan, actor=actor, now=now)


def held_by_customer(plan: Subscription) -> bool:
    """True while a plan is held by its customer, or for want of their yes: they let it go on."""
    return any(_open(held) for held in plan.holds)


def hold_within(session: Session, plan: Subscription, *, actor: str, now: datetime, tell: Tell = telling.held) -> bool:
    """The same within an open unit, the plan's and its refills' locks held; `tell` writes the mail. Flushes."""
    day = today(now)
    if held_by_customer(plan):
        return False
    running = _running(plan, day)
    if running is not None:
        running.until_day = None
    else:
        plan.holds.append(Hold(from_day=day, cause=CUSTOMER, made_at=now))
    session.flush()
    replan(session, plan.id, now)  # a pause that became a hold moves nothing yet
    commitments.rest(session, plan.id)
    audit.record(session, at=now, actor=actor, action="subscription.held", subject=f"subscription {plan.id}")
    tell(session, plan, now)
    asking.ask_of_plan(session, plan.id, now)
    return True


def go_on(session: Session, plan: Subscription, *, actor: str, now: datetime) -> bool:
    """Let a plan that its customer holds go on from today. Flushes. False when they do not hold it.

    The plan's and its refills' locks are held; the acknowledgement that it takes is the caller's.
    """
    mine = [held for held in plan.holds if _open(held)]
    for held in mine:
        held.until_day, held.ended_at = today(now), now
    if not mine:
        return False
    session.flush()
    done = replan(session, plan.id, now)
    for refill in lock_refills(session, plan.id):
        if asking.waits(refill):
            refill.confirmed_at = now  # its box is sent
    audit.record(session, at=now, actor=actor, action="subscription.goes_on", subject=f"subscription {plan.id}")
    telling.changed(session, plan, done, "Your plan goes on.", now)
    return True


def _open(held: Hold) -> bool:
    return held.until_day is None and held.cause == CUSTOMER


def _check(until: date, day: date) -> None:
    if not day < until <= day + LONGEST:
        raise BadInput("until", f"Choose a day after today, by {written(day + LONGEST)} at the latest.")


def _running(plan: Subscription, day: date) -> Hold | None:
    """The pause that the plan is in."""
    ahead = (held for held in plan.holds if held.cause == CUSTOMER and held.until_day is not None)
    return next((held for held in ahead if held.until_day is not None and held.until_day > day), None)

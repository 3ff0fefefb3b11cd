"""Whether a refill may be charged at this moment, and if not why: no wish of staff shortens what the law gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.dates import written
from shop.payments import attempts
from subscriptions.billing import declines
from subscriptions.billing.dunning import free_on
from subscriptions.holding import resting
from subscriptions.plan.schedule import NOTICE_DAYS
from subscriptions.stops.stopping import stopped
from subscriptions.tables import CHARGING, NEEDS_CUSTOMER, NOTIFIED, OPEN, UNPAID, WAITING, Refill

Refusal = str | None


def why_not(session: Session, refill: Refill, now: datetime) -> Refusal:
    """Why it may not be charged now, in a sentence or two with the day from which it may; None when it may be."""
    if refill.state == CHARGING:
        return None  # its outcome is asked for
    return next((said for said in _refusals(session, refill, now) if said), None)


def _refusals(session: Session, refill: Refill, now: datetime) -> Iterator[Refusal]:
    checks: tuple[Callable[[Session, Refill, datetime], Refusal], ...] = (_over, _too_early, _held, _tried, _in_person)
    for check in checks:
        yield check(session, refill, now)


def _over(session: Session, refill: Refill, now: datetime) -> Refusal:
    if refill.state not in OPEN:
        return "Nothing is to be charged for this refill any more."
    if refill.is_over(today(now)):
        return "The plan is over, or no session needs this refill: nothing more is charged for it."
    return None


def _too_early(session: Session, refill: Refill, now: datetime) -> Refusal:
    """At least seven days after the mail server took its notice, and not before the day that the notice named."""
    day, taken = today(now), refill.notice.sent_at if refill.notice is not None else None
    if taken is None:
        first = max(refill.charge_on, day + timedelta(days=NOTICE_DAYS))
        return (
            f"The mail server has not taken its advance notice yet. It can be charged {NOTICE_DAYS} days after that: "
            f"on {written(first)} at the earliest."
        )
    first = max(today(taken) + timedelta(days=NOTICE_DAYS), _named(refill))
    if first > day:
        return (
            f"Its advance notice was accepted on {written(today(taken))}: it can be charged from {written(first)} on."
        )
    return None


def _named(refill: Refill) -> date:
    """Of what was not tried yet: the day that it was announced for, moved to, or that a rest moved it to."""
    return refill.charge_on if refill.state in (NOTIFIED, WAITING) else date.min


def _held(session: Session, refill: Refill, now: datetime) -> Refusal:
    if session.scalar(select(resting(refill.subscription_id, today(now)))):
        return "The plan rests, so nothing of it is charged until it goes on."
    if session.scalar(select(stopped(refill.subscription_id))):
        return "The charges of this plan are stopped: it needs a new card, or your decision about a dispute."
    if refill.must_confirm and refill.confirmed_at is None:
        return "Its customer is to say yes to this charge first."
    if refill.reopens_at is not None:
        return "Its order is being closed, and it is announced anew."
    if not refill.subscription.card:
        return "The plan has no card. Its customer was asked for one."
    return None


def _tried(session: Session, refill: Refill, now: datetime) -> Refusal:
    if refill.state not in UNPAID:
        return None
    said = [*declines.earlier(session, refill), *declines.of(session, refill)]
    if day := free_on(said, now, today):
        return f"It was tried as often as banks allow within 30 days. It can be tried again from {written(day)} on."
    if refill.retry_after is not None and refill.retry_after > now:
        return f"The card’s network wants no other try yet. It can be tried again from {written(_after(refill))} on."
    own = [each for each in said if not each.backup]
    if refill.state == NEEDS_CUSTOMER and own and own[-1].kind == "person":
        return "The bank wants its customer to confirm the payment. They have a link in their mail to pay in person."
    return None


def _after(refill: Refill) -> date:
    """The first day that lies wholly after the moment that the network named."""
    assert refill.retry_after is not None
    return today(refill.retry_after) + timedelta(days=1)


def _in_person(session: Session, refill: Refill, now: datetime) -> Refusal:
    page = attempts.open_page(session, refill.order_id) if refill.order_id is not None else None
    if page is not None and page.expires_at is not None and page.expires_at > now:
        return "Its customer has the payment page open. Look again in a few minutes."
    return None

"""The duties of refills, and when each is due. The due condition of a charge demands its notice itself."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import cast

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union_all, update
from sqlalchemy.orm import aliased

from kits import host
from kits.clock import today
from kits.moments import Open
from kits.settings import timezone
from kits.stock.tables import StockMovement
from shop.work.duties import Duty
from shop.work.outbox import OutboxMail
from subscriptions import notices
from subscriptions.acknowledging.silence import UNANSWERED_DUTY
from subscriptions.billing.billing import bill, lapse, move
from subscriptions.billing.reopening import REOPENING_DUTY
from subscriptions.commitments import COMMITMENT_DUTIES
from subscriptions.controls import telling
from subscriptions.ending import KIT_GIVEN_BACK_DUTY
from subscriptions.holding import held, resting
from subscriptions.locks import changed, lock_plan
from subscriptions.plan.schedule import NOTICE_DAYS, RefillDays, still_needed
from subscriptions.replanning import charge_day
from subscriptions.stops.stopping import held_back, stopped
from subscriptions.tables import (
    ACTIVE,
    CHARGING,
    DECLINED,
    DROPPED,
    ENDED,
    NEEDS_CUSTOMER,
    NOTIFIED,
    OPEN,
    SCHEDULED,
    TO_COME,
    WAITING,
    Refill,
    Subscription,
)
from subscriptions.unsent.reminding import REMINDING_DUTY

LOOK_AGAIN = timedelta(hours=1)
MORE = ("receive", "return", "quarantine", "adjust", "stock_take")
"""Movements by which there may be more than before."""


def start_of(day: datetime | Open, days_ago: int) -> datetime:
    """Midnight in the shop's zone, `days_ago` days before the day of `day`, in UTC."""
    if isinstance(day, Open):
        return cast(datetime, day.then(lambda moment: start_of(moment, days_ago)))
    midnight = datetime.combine(today(day) - timedelta(days=days_ago), time(), timezone())
    return midnight.astimezone(UTC)


def notice_due(now: datetime) -> ColumnElement[bool]:
    """Refills whose notice is to be written: their plan is not held, and no earlier one of it is open."""
    earlier = aliased(Refill)
    blocked = exists().where(
        earlier.subscription_id == Refill.subscription_id, earlier.number < Refill.number, earlier.state.in_(OPEN)
    )
    ripe = and_(Refill.state == SCHEDULED, Refill.notice_id.is_(None), Refill.notice_on <= today(now))
    return and_(ripe, ~blocked, ~held(Refill.subscription_id), ~held_back(Refill.subscription_id))


def accepted_due(now: datetime) -> ColumnElement[bool]:
    """Refills whose notice the mail server has taken, which is not noted yet."""
    taken = exists().where(OutboxMail.id == Refill.notice_id, OutboxMail.state == "sent")
    return and_(Refill.state == SCHEDULED, Refill.notice_id.is_not(None), taken)


def charge_due(now: datetime) -> ColumnElement[bool]:
    """Refills to charge: their day has come, and their notice was accepted at least seven calendar days ago.

    Of a plan that rests, and of one whose charges are stopped, only what is
    being charged already: its outcome must be known.
    """
    long_ago = start_of(now, NOTICE_DAYS - 1)
    noticed = exists().where(OutboxMail.id == Refill.notice_id, OutboxMail.sent_at < long_ago)
    arrived = select(func.max(StockMovement.at)).where(StockMovement.kind.in_(MORE)).scalar_subquery()
    waited = or_(Refill.retry_after.is_(None), Refill.retry_after <= now)
    ripe = or_(
        and_(Refill.state == NOTIFIED, Refill.charge_on <= today(now)),
        and_(Refill.state == DECLINED, Refill.retry_on <= today(now), waited),
        and_(Refill.state == WAITING, or_(Refill.waited_at <= now - LOOK_AGAIN, Refill.waited_at < arrived)),
    )
    agreed = or_(~Refill.must_confirm, Refill.confirmed_at.is_not(None))
    rests = or_(resting(Refill.subscription_id, today(now)), stopped(Refill.subscription_id))
    goes_on = and_(agreed, Refill.reopens_at.is_(None), ~rests)
    return and_(or_(Refill.state == CHARGING, and_(ripe, goes_on)), noticed)


def lapse_due(now: datetime) -> ColumnElement[bool]:
    """Open refills that no session of their plan needs any more (a hold still moves them), or of an ended plan."""
    each = aliased(Refill)
    past, moves = Subscription.last_session < today(now), held(Subscription.id)
    of_plan = select(each.id).join(Subscription, Subscription.id == each.subscription_id)
    # What is to come of running plans, found from the few plans that are over; of an ended plan it was cancelled.
    to_come = of_plan.where(Subscription.state == ACTIVE, past, ~moves, each.state.in_(TO_COME))
    # What was tried and not paid are few: found from them.
    over = or_(Subscription.state == ENDED, and_(or_(past, each.needed_on > Subscription.last_session), ~moves))
    tried = of_plan.where(each.state.in_((DECLINED, NEEDS_CUSTOMER)), over)
    return Refill.id.in_(union_all(to_come, tried))


def end_due(now: datetime) -> ColumnElement[bool]:
    """Running subscriptions whose plan is over, not held, and whose refills are all closed."""
    some_open = exists().where(Refill.subscription_id == Subscription.id, Refill.state.in_(OPEN))
    past = and_(Subscription.last_session < today(now), ~held(Subscription.id))
    return and_(Subscription.state == ACTIVE, past, ~some_open)


def give_notice(refill_id: int, now: datetime) -> None:
    """Write the advance notice, or drop a refill that would be charged after the last session. Commits."""
    with host.unit() as session:
        # Written to, so that it is locked: it may be cancelled at this moment.
        if not move(session, refill_id, (SCHEDULED,), state=SCHEDULED):
            return
        refill = session.get_one(Refill, refill_id, populate_existing=True)
        # Asked anew: while we waited for the row it may have been moved, or its plan held.
        if session.scalar(select(Refill.id).where(Refill.id == refill_id, notice_due(now))) is None:
            return
        earliest = RefillDays(refill.number, refill.needed_on).charge_on(today(now))
        if not still_needed(max(earliest, refill.needed_on), refill.subscription.last_session):
            move(session, refill_id, (SCHEDULED,), state=DROPPED)
            telling.dropped(session, refill.subscription, [refill], now)
        else:
            notices.advance_notice(session, refill, now)


def note_accepted(refill_id: int, now: datetime) -> None:
    """The notice was accepted: from now its day is fixed. Commits."""
    with host.unit() as session:
        # Written to, so that it is locked: the end of a hold may be moving its days.
        if not move(session, refill_id, (SCHEDULED,), state=SCHEDULED):
            return
        refill = session.get_one(Refill, refill_id, populate_existing=True)
        notice = session.scalars(select(OutboxMail).where(OutboxMail.id == refill.notice_id)).first()
        if notice is not None and notice.sent_at is not None:
            earliest = RefillDays(refill.number, refill.needed_on).charge_on(today(notice.sent_at))
            day = charge_day(refill.subscription.course_on(today(now)), earliest, refill.told_on)
            move(session, refill_id, (SCHEDULED,), state=NOTIFIED, charge_on=day)


def end_plan(subscription_id: int, now: datetime) -> None:
    """The plan is over: close the subscription and say so. Commits."""
    with host.unit() as session:
        lock_plan(session, subscription_id)
        # Asked anew under its lock: it may have been held or moved meanwhile.
        over = update(Subscription).where(Subscription.id == subscription_id, end_due(now))
        if changed(session, over.values(state=ENDED, ended_at=now)):
            notices.ended(session, session.get_one(Subscription, subscription_id, populate_existing=True), now)


NOTICE_DUTY = Duty("advance notice", Refill, notice_due, give_notice)
ACCEPTED_DUTY = Duty("notice accepted", Refill, accepted_due, note_accepted)
BILLING_DUTY = Duty("refill", Refill, charge_due, bill, order=Refill.needed_on)
LAPSE_DUTY = Duty("lapsed refill", Refill, lapse_due, lapse)
END_DUTY = Duty("end of plan", Subscription, end_due, end_plan)
REFILL_DUTIES = (
    *COMMITMENT_DUTIES,
    LAPSE_DUTY,
    NOTICE_DUTY,
    ACCEPTED_DUTY,
    UNANSWERED_DUTY,
    REOPENING_DUTY,
    BILLING_DUTY,
    KIT_GIVEN_BACK_DUTY,
    REMINDING_DUTY,
    END_DUTY,
)

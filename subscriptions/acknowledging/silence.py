"""When a charge waits for its customer's yes and its day comes without one, the plan is held and they are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from kits import host
from kits.clock import today
from kits.errors import WrongState
from shop.work.duties import Duty
from subscriptions.controls import pauses, telling
from subscriptions.controls.doing import taken
from subscriptions.holding import resting
from subscriptions.tables import ACTIVE, NOTIFIED, WAITING, Refill, Subscription


def unanswered_due(now: datetime) -> ColumnElement[bool]:
    """Refills whose day has come, that wait for a yes, of plans that do not rest and are not over."""
    runs = exists().where(
        Subscription.id == Refill.subscription_id,
        Subscription.state == ACTIVE,
        Subscription.last_session >= today(now),
    )
    ripe = and_(Refill.state.in_((NOTIFIED, WAITING)), Refill.charge_on <= today(now))
    silent = and_(Refill.must_confirm, Refill.confirmed_at.is_(None))
    return and_(ripe, silent, runs, ~resting(Refill.subscription_id, today(now)))


def hold_unanswered(refill_id: int, now: datetime) -> None:
    """Hold the plan unless a yes has come meanwhile. Commits."""
    with host.unit() as session:
        plan_id = session.get_one(Refill, refill_id).subscription_id
        try:
            plan, _ = taken(session, plan_id)
        except WrongState:  # it was ended meanwhile
            return
        if _still(session, refill_id, now):
            pauses.hold_within(session, plan, actor="duty:no answer", now=now, tell=telling.held_for_want_of_a_yes)


def _still(session: Session, refill_id: int, now: datetime) -> bool:
    """Asked anew under the locks."""
    return session.scalar(select(Refill.id).where(Refill.id == refill_id, unanswered_due(now))) is not None


UNANSWERED_DUTY = Duty("no answer", Refill, unanswered_due, hold_unanswered)

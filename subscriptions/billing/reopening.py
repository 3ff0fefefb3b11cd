"""A refill that was ordered and not paid comes anew: its order is closed at the gateway, then it is announced again.

That it is wanted is written down first, so that a process that dies in between leaves nothing out that is needed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from kits import host
from kits.errors import RefilleryError
from shop.orders import tables as orders
from shop.payments.hosted import release
from shop.work.duties import Duty
from subscriptions.controls import telling
from subscriptions.locks import lock_plan, lock_refills
from subscriptions.replanning import announce_anew, replan
from subscriptions.tables import ACTIVE, CANCELLED, CHARGING, UNPAID, Refill

OPEN_ORDERS = (*UNPAID, CHARGING)


def let_go(subscription_id: int, number: int, now: datetime) -> None:
    """Close the order of a refill that waits for its payment; what was paid meanwhile stays paid. Commits.

    Who asks has the refill come again in a unit of theirs; if they cannot, the
    duty does. Raises Busy or GatewayError when it cannot be closed now: then
    all is as it was.
    """
    host.outside_transaction()
    mine = Refill.subscription_id == subscription_id, Refill.number == number, Refill.state.in_(UNPAID)
    with host.unit() as session:
        refill = session.scalars(select(Refill).where(*mine).with_for_update()).first()
        if refill is None or refill.order_id is None:
            return
        refill_id, order_id, before = refill.id, refill.order_id, refill.reopens_at
        refill.reopens_at = now
    try:
        release.cancel(order_id, now=now)
    except RefilleryError:
        host.end_reads()
        with host.unit() as session:
            session.execute(update(Refill).where(Refill.id == refill_id).values(reopens_at=before))
        raise


def closed_unpaid(refill: Refill) -> bool:
    """Its order was closed before it was paid, and its customer has not left it out: it may come again."""
    order = refill.order
    return refill.state == CANCELLED and not refill.skipped_at and order is not None and order.state == orders.CANCELLED


def come_again(refill: Refill) -> None:
    """A locked refill is to come, without an order. How often its card was tried under that order still counts."""
    if refill.order_id is not None:
        refill.earlier_orders = [*(refill.earlier_orders or ()), refill.order_id]
    refill.order_id, refill.reopens_at = None, None
    announce_anew(refill, refill.notice_on)


def want_all(session: Session, subscription_id: int, now: datetime) -> int:
    """Have what is ordered of a locked plan and not paid come anew, once no charge of it is out; how many. Flushes."""
    mine = Refill.subscription_id == subscription_id, Refill.state.in_(OPEN_ORDERS), Refill.order_id.is_not(None)
    refills = session.scalars(select(Refill).where(*mine).order_by(Refill.id).with_for_update()).all()
    for refill in refills:
        refill.reopens_at = now
    session.flush()
    return len([refill for refill in refills if refill.state in UNPAID])


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(Refill.reopens_at.is_not(None), Refill.state != CHARGING)


def _reopen(refill_id: int, now: datetime) -> None:
    """Close its order and have it come anew. Commits."""
    host.outside_transaction()
    refill = host.session().get_one(Refill, refill_id)
    plan_id, order_id = refill.subscription_id, refill.order_id if refill.state in UNPAID else None
    host.end_reads()
    if order_id is not None:
        release.cancel(order_id, now=now)
    with host.unit() as session:
        active = lock_plan(session, plan_id)
        refill = next(each for each in lock_refills(session, plan_id) if each.id == refill_id)
        if refill.reopens_at is None or refill.state in OPEN_ORDERS:  # done meanwhile, or a charge is out
            return
        refill.reopens_at = None
        if active and refill.subscription.state == ACTIVE and closed_unpaid(refill):
            come_again(refill)
            session.flush()
            done = replan(session, plan_id, now)
            telling.dropped(session, refill.subscription, done.dropped, now)


REOPENING_DUTY = Duty("refill anew", Refill, _due, _reopen)

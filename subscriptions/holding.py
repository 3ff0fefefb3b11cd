"""Holding a plan and letting it go on: while it rests nothing is announced or charged, then its days come later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.clock import today
from kits.stock.promises.reservations import prolong
from shop.orders.tables import Order
from subscriptions import commitments
from subscriptions.plan.schedule import serves_until
from subscriptions.tables import (
    ACTIVE,
    DECLINED,
    NOTIFIED,
    SCHEDULED,
    WAITING,
    Hold,
    Refill,
    Subscription,
)

RECALL = "recall"
UNCLAIMED = (SCHEDULED, NOTIFIED, WAITING, DECLINED)


def held(subscription_id: Any) -> ColumnElement[bool]:
    """The plan of this id, a column or a number, is held just now."""
    return exists().where(Hold.subscription_id == subscription_id, Hold.until_day.is_(None))


def hold(session: Session, subscription_id: int, recall_id: int, *, actor: str, now: datetime) -> bool:
    """Hold a running plan from today on, once a recall; False when it was, or runs no more. Flushes."""
    known = select(Hold.id).where(Hold.subscription_id == subscription_id, Hold.recall_id == recall_id)
    if not lock_plan(session, subscription_id, Subscription.state == ACTIVE) or session.scalar(known) is not None:
        return False
    about = {"subscription_id": subscription_id, "recall_id": recall_id}
    session.add(Hold(**about, from_day=today(now), cause=RECALL, made_at=now))
    lock_refills(session, subscription_id)
    commitments.rest(session, subscription_id)
    audit.record(session, at=now, actor=actor, action="subscription.held", subject=f"subscription {subscription_id}")
    return True


def end_holds(session: Session, recall_id: int, subscription_ids: list[int], *, actor: str, now: datetime) -> list[int]:
    """Let the plans that this recall holds go on from today; the ids of those it held. Flushes.

    What is not claimed yet comes later by the days they rested: sessions,
    needs, notices, charges, and the end of the plan. A notice that was given stands:
    its charge only comes later.
    """
    ended = []
    for subscription_id in sorted(subscription_ids):
        lock_plan(session, subscription_id)
        mine = update(Hold).where(
            Hold.subscription_id == subscription_id, Hold.recall_id == recall_id, Hold.until_day.is_(None)
        )
        if _rows(session, mine.values(until_day=today(now), ended_at=now)):
            _move(session, subscription_id, today(now))
            ended.append(subscription_id)
            audit.record(
                session, at=now, actor=actor, action="subscription.goes_on", subject=f"subscription {subscription_id}"
            )
    session.flush()
    return ended


def _move(session: Session, subscription_id: int, day: date) -> None:
    subscription = session.get_one(Subscription, subscription_id, populate_existing=True)
    over = [hold for hold in subscription.holds if hold.until_day is not None]
    plan = subscription.plan_of(over, day)
    later = plan.last_session - subscription.last_session
    subscription.last_session = plan.last_session
    session.flush()
    # Before the refills: whoever ships one of these orders has its reservations and wants the refill next.
    orders = select(Order.number).where(Order.root_number == subscription.order.number, Order.kind != "replacement")
    prolong(session, session.scalars(orders).all(), later)
    for refill in lock_refills(session, subscription_id):
        if refill.state in UNCLAIMED:
            _shift(refill, later)
            refill.serves_until = serves_until(plan, refill.needed_on)
    session.flush()


def _shift(refill: Refill, later: timedelta) -> None:
    refill.needed_on += later
    refill.notice_on += later
    refill.charge_on += later


def lock_plan(session: Session, subscription_id: int, *conditions: ColumnElement[bool]) -> bool:
    """Take the plan's row lock until the unit ends; False when it is not as the conditions ask.

    Who needs the plan's refills, too, takes them after it (`lock_refills`).
    """
    same = update(Subscription).where(Subscription.id == subscription_id, *conditions)
    return _rows(session, same.values(quantity=Subscription.quantity))


def lock_refills(session: Session, subscription_id: int) -> Sequence[Refill]:
    """The plan's refills under their row locks, read afresh, in their order."""
    mine = select(Refill).where(Refill.subscription_id == subscription_id).order_by(Refill.id)
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()


def _rows(session: Session, statement: Any) -> bool:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]

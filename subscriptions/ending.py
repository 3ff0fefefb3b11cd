"""Ending a plan's refills within an open unit, and what giving back its kit does to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from kits import audit, host
from shop.orders.tables import OrderLine, Parcel
from shop.payments.giving_back import money_back
from shop.payments.giving_back.reasons import KIT_GIVEN_BACK
from shop.payments.tables import DISPUTED, Payment
from shop.registers import Settled
from shop.work.duties import Duty
from subscriptions import commitments, plural
from subscriptions.billing import reopening
from subscriptions.locks import lock_plan
from subscriptions.tables import (
    ACTIVE,
    CANCELLED,
    CHARGING,
    ENDED,
    PAID,
    TO_COME,
    Refill,
    Subscription,
)

ORDERED = (CHARGING, PAID)
OVER = "Your refills have ended with it: from now on nothing is announced, charged or sent for your plan."
ANEW = "The refill that waits for its payment is closed, and announced to you anew with the boxes you still need."
AS_ORDERED = (
    "A refill that was ordered before stays as it was ordered, with all its boxes. "
    "Once it is paid you can withdraw from it by itself, on the page of its own order."
)


def stop(session: Session, subscription_id: int, *, actor: str, now: datetime) -> bool:
    """End a running plan: what is not ordered is cancelled; False when it had ended. Flushes.

    What is ordered and unpaid is closed at the gateway by the duty of lapsed refills.
    """
    ended = update(Subscription).where(Subscription.id == subscription_id, Subscription.state == ACTIVE)
    done = session.execute(ended.values(state=ENDED, ended_at=now))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    open_ones = update(Refill).where(Refill.subscription_id == subscription_id, Refill.state.in_(TO_COME))
    session.execute(open_ones.values(state=CANCELLED))
    audit.record(session, at=now, actor=actor, action="subscription.ended", subject=f"subscription {subscription_id}")
    return True


def kit_given_back(session: Session, settled: Settled) -> None:
    """A kit order was withdrawn from, or wholly refunded: its plans end, or go on for the kits that are kept."""
    lines = {
        line.id: 0 if settled.what == "refunded" else settled.kept.get(line.id, line.quantity)
        for line in settled.order.lines
    }
    plans = select(Subscription.id, Subscription.line_id).where(Subscription.line_id.in_(lines))
    for plan_id, line_id in session.execute(plans.order_by(Subscription.id)).all():
        if lines[line_id]:
            _fewer(session, plan_id, lines[line_id], settled)
        elif stop(session, plan_id, actor="settle", now=settled.now):
            settled.said.append(OVER)


def _fewer(session: Session, subscription_id: int, kept: int, settled: Settled) -> None:
    """The refills that are not paid yet are for the kits that are kept."""
    if not lock_plan(session, subscription_id, Subscription.state == ACTIVE, Subscription.quantity > kept):
        return
    plan = session.get_one(Subscription, subscription_id, populate_existing=True)
    plan.quantity = kept
    kept_back = Refill.subscription_id == subscription_id, Refill.state.in_(TO_COME), Refill.committed_on.is_not(None)
    for refill in session.scalars(select(Refill).where(*kept_back).with_for_update()):
        commitments.consume(session, refill)  # the duty keeps back anew what is wanted now
    session.flush()
    settled.said.append(f"Each refill of your plan now holds {plural.boxes(kept)} and costs {plan.refill_price}.")
    if reopening.want_all(session, subscription_id, settled.now):
        settled.said.append(ANEW)
    ordered = select(Refill.id).where(Refill.subscription_id == subscription_id, Refill.state.in_(ORDERED))
    if session.scalar(ordered.limit(1)):
        settled.said.append(AS_ORDERED)


def _due(now: datetime) -> ColumnElement[bool]:
    """Refills that are paid and have not begun to leave, of a kit that is given back and of a payment we may refund."""
    of_kit = and_(Subscription.id == Refill.subscription_id, OrderLine.id == Subscription.line_id)
    given_back = exists().where(of_kit, OrderLine.given_back_at.is_not(None))
    left = exists().where(Parcel.order_id == Refill.order_id)
    disputed = exists().where(Payment.order_id == Refill.order_id, Payment.dispute.in_(DISPUTED))
    return and_(Refill.state == PAID, given_back, ~left, ~disputed)


def _refund(refill_id: int, now: datetime) -> None:
    """A charge that was out already has come to its end: its money goes back, and nothing is sent. Commits."""
    order_id = host.session().scalar(select(Refill.order_id).where(Refill.id == refill_id))
    host.end_reads()
    if order_id is not None:
        money_back.all_of(order_id, reason=KIT_GIVEN_BACK, actor="duty:kit given back", now=now)


KIT_GIVEN_BACK_DUTY = Duty("kit given back", Refill, _due, _refund)

"""A disputed payment, or one that its bank warns of, stops the plan that it belongs to until staff decide."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders.tables import Order
from shop.payments.tables import DISPUTED
from shop.registers import Settled
from subscriptions.locks import lock_plan
from subscriptions.stops.stopping import stop
from subscriptions.stops.tables import DISPUTE, FRAUD
from subscriptions.tables import ACTIVE, Refill, Subscription


def settle_step(session: Session, settled: Settled) -> None:
    """Stop the running plans of a payment that is disputed or warned of. A dispute that is won ends no stop."""
    payment = settled.payment
    if settled.what not in ("disputed", "warned") or payment is None:
        return
    if settled.what == "disputed" and payment.dispute not in DISPUTED:
        return
    cause = DISPUTE if settled.what == "disputed" else FRAUD
    for plan_id in _plans_of(session, settled.order):
        if lock_plan(session, plan_id, Subscription.state == ACTIVE):
            stop(session, plan_id, cause, now=settled.now, payment_id=payment.id)


def _plans_of(session: Session, order: Order) -> Sequence[int]:
    by_refill = select(Refill.subscription_id).where(Refill.order_id == order.id)
    mine = select(Subscription.id).where((Subscription.order_id == order.id) | Subscription.id.in_(by_refill))
    return session.scalars(mine.order_by(Subscription.id)).all()

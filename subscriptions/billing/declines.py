"""Recording a declined refill: when it is tried again, or that the customer is asked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from shop.payments.tables import PaymentAttempt
from shop.registers import Settled
from subscriptions import notices
from subscriptions.billing.dunning import retry_on
from subscriptions.tables import DECLINED, NEEDS_CUSTOMER, OPEN, Refill


def record(session: Session, refill: Refill, settled: Settled) -> None:
    """Inside the settling transaction: set the refill's state and write to the customer. Flushes."""
    if refill.state not in OPEN or settled.attempt is None:
        return
    days = [
        today(ended)
        for ended in session.scalars(
            select(PaymentAttempt.ended_at)
            .where(PaymentAttempt.order_id == settled.order.id, PaymentAttempt.decline_code.is_not(None))
            .order_by(PaymentAttempt.number)
        )
        if ended is not None
    ]
    again = retry_on(settled.attempt.decline_code or "", len(days), days[-1])
    refill.retry_on, refill.state = again, DECLINED if again else NEEDS_CUSTOMER
    if again is None:
        notices.asks_customer(session, refill, settled.attempt, settled.now)
    else:
        notices.declined(session, refill, settled.attempt, settled.now)

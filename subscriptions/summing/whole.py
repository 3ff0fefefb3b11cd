"""A plan summed up when it is over: sessions, boxes, and what its refills came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.money import Money
from shop.payments.tables import FAILED, Payment, Refund
from subscriptions.tables import SHIPPED, Refill, Subscription


@dataclass(frozen=True)
class Summary:
    """Sessions in all, had and skipped, refills sent, what was charged for refills in all, what of it went back."""

    sessions: int
    had: int
    skipped: int
    sent: int
    charged: Money
    refunded: Money | None


def summed_up(session: Session, plan: Subscription, now: datetime) -> Summary:
    """The plan up to now; two statements."""
    course = plan.course_on(today(now))
    mine = select(Refill.order_id).where(Refill.subscription_id == plan.id)
    payments = Payment.order_id.in_(mine)
    charged = session.scalar(select(func.sum(Payment.amount)).where(payments)) or 0
    back = select(func.sum(Refund.amount)).join(Refund.payment).where(payments, Refund.state != FAILED)
    refunded = session.scalar(back) or 0
    return Summary(
        sessions=course.sessions,
        had=len(course.had(today(now))),
        skipped=course.sessions - len(course.to_have),
        sent=sum(refill.state == SHIPPED for refill in plan.refills),
        charged=Money(charged, plan.currency),
        refunded=Money(refunded, plan.currency) if refunded else None,
    )

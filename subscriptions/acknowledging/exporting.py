"""What a customer downloads of the notices that their plans were asked to acknowledge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.customers.tables import Customer
from shop.orders.tables import Order
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.tables import Subscription


def exported(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Which version each plan was asked about and when, and when it was confirmed; one statement."""
    rows = session.execute(
        select(Order.number, PlanAcknowledgement)
        .join(Subscription, Subscription.id == PlanAcknowledgement.subscription_id)
        .join(Order, Order.id == Subscription.order_id)
        .where(Subscription.customer_id == customer.id)
        .order_by(PlanAcknowledgement.id)
    )
    return [
        {
            "order": number,
            "version": row.version,
            "sha256": row.sha256,
            "asked_at": row.asked_at.isoformat(),
            "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
        }
        for number, row in rows
    ]

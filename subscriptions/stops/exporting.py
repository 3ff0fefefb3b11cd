"""What a customer downloads of the stretches in which nothing of their plans was charged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.dates import iso
from shop.customers.tables import Customer
from shop.orders.tables import Order
from subscriptions.stops.tables import BillingStop
from subscriptions.tables import Subscription


def exported(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Since when, until when and why each plan was not charged; one statement."""
    rows = session.execute(
        select(Order.number, BillingStop)
        .join(Subscription, Subscription.id == BillingStop.subscription_id)
        .join(Order, Order.id == Subscription.order_id)
        .where(Subscription.customer_id == customer.id)
        .order_by(BillingStop.id)
    )
    return [
        {"order": number, "cause": stop.cause, "since": iso(stop.since), "until": iso(stop.ended_at)}
        for number, stop in rows
    ]

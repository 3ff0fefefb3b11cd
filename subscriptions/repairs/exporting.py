"""What a customer downloads of what staff did for their refills."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kits.dates import iso
from shop.customers.tables import Customer
from shop.orders.tables import Order
from subscriptions.repairs.tables import Repair
from subscriptions.tables import Refill, Subscription


def exported(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """What was done for each refill, when and why; one statement."""
    of_plans = select(Order.number, Refill.number, Repair).select_from(Repair).join(Repair.refill)
    of_plans = of_plans.join(Refill.subscription).join(Order, Order.id == Subscription.order_id)
    mine = of_plans.where(Subscription.customer_id == customer.id).options(joinedload(Repair.order))
    return [
        {
            "order": order,
            "refill": number,
            "what": row.what,
            "why": row.reason,
            "at": iso(row.at),
            "replacement": row.order.number if row.order else None,
        }
        for order, number, row in session.execute(mine.order_by(Repair.id))
    ]

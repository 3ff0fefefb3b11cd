"""The prices that plans were told of: what their pages say of them, and what their customer downloads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.dates import iso
from shop.customers.tables import Customer
from shop.orders.tables import Order
from subscriptions.prices.tables import ACCEPTED, TOLD, PlanPrice
from subscriptions.tables import ACTIVE, Subscription


def coming(session: Session, plans: Iterable[Subscription]) -> dict[int, PlanPrice]:
    """The price that running plans were told of and that does not hold yet, by the plan's id; one statement."""
    ids = [plan.id for plan in plans if plan.state == ACTIVE]
    if not ids:
        return {}
    mine = select(PlanPrice).where(PlanPrice.subscription_id.in_(ids), PlanPrice.state.in_((TOLD, ACCEPTED)))
    return {row.subscription_id: row for row in session.scalars(mine.order_by(PlanPrice.id))}


def exported(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """For each price that a plan was told of: old and new, told and accepted when, from which day; one statement."""
    rows = session.execute(
        select(Order.number, Subscription.currency, PlanPrice)
        .join(Subscription, Subscription.id == PlanPrice.subscription_id)
        .join(Order, Order.id == Subscription.order_id)
        .where(Subscription.customer_id == customer.id, PlanPrice.announced_at.is_not(None))
        .order_by(PlanPrice.id)
    )
    return [
        {
            "order": number,
            "old": {"amount": row.old_amount, "currency": currency},
            "new": {"amount": row.new_amount, "currency": currency},
            "told_at": iso(row.announced_at),
            "accepted_at": iso(row.accepted_at),
            "from": iso(row.from_day),
            "state": row.state,
        }
        for number, currency, row in rows
    ]

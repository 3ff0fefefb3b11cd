"""Finding subscriptions and the refills that belong to an order."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from kits.errors import NotFound
from shop.orders.tables import Order
from subscriptions.tables import Refill, Subscription


def of_order(session: Session, order: Order) -> list[Subscription]:
    """The subscriptions of a first order, or of the first order behind a refill order; refills loaded."""
    root = select(Order.id).where(Order.number == order.root_number).scalar_subquery()
    return list(
        session.scalars(
            select(Subscription)
            .where(Subscription.order_id == root)
            .options(joinedload(Subscription.customer))
            .options(selectinload(Subscription.refills).joinedload(Refill.order))
            .order_by(Subscription.id)
        )
    )


def by_link(session: Session, order_token: str, subscription_id: int) -> Subscription:
    """The plan with this id, if its first order's link may see it; raises NotFound."""
    mine = select(Subscription).join(Order, Order.id == Subscription.order_id)
    found = session.scalars(mine.where(Order.token == order_token, Subscription.id == subscription_id)).first()
    if found is None:
        raise NotFound("There is no such plan. Check the link in your mail.")
    return found


def of_customer(session: Session, customer_id: int) -> list[Subscription]:
    """All subscriptions of a customer, the newest first; refills loaded."""
    return list(
        session.scalars(
            select(Subscription)
            .where(Subscription.customer_id == customer_id)
            .options(joinedload(Subscription.kit), joinedload(Subscription.order))
            .options(selectinload(Subscription.refills).joinedload(Refill.order))
            .order_by(Subscription.id.desc())
        )
    )

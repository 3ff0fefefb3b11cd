"""What a customer can do to a running plan."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from kits import audit, host
from shop.payments import release
from subscriptions import notices
from subscriptions.tables import ACTIVE, CANCELLED, ENDED, NOTIFIED, OPEN, SCHEDULED, WAITING, Refill, Subscription


def end(subscription_id: int, *, actor: str, now: datetime) -> None:
    """End the refills at once: nothing more is charged or sent. Ending twice does nothing more. Commits.

    What is ordered and unpaid is closed at the gateway first; raises
    GatewayError or Busy when that cannot be done now. What was paid meanwhile
    stays paid.
    """
    _stop(subscription_id, actor, now)
    for order_id in _open_orders(subscription_id):
        release.cancel(order_id, now=now)


def _stop(subscription_id: int, actor: str, now: datetime) -> None:
    with host.unit() as session:
        ended = update(Subscription).where(Subscription.id == subscription_id, Subscription.state == ACTIVE)
        done = session.execute(ended.values(state=ENDED, ended_at=now))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            return
        session.execute(
            update(Refill)
            .where(Refill.subscription_id == subscription_id, Refill.state.in_((SCHEDULED, NOTIFIED, WAITING)))
            .values(state=CANCELLED)
        )
        subscription = session.get_one(Subscription, subscription_id, populate_existing=True)
        audit.record(
            session, at=now, actor=actor, action="subscription.ended", subject=f"subscription {subscription_id}"
        )
        notices.ended(session, subscription, now)


def _open_orders(subscription_id: int) -> list[int]:
    mine = select(Refill.order_id).where(
        Refill.subscription_id == subscription_id, Refill.state.in_(OPEN), Refill.order_id.is_not(None)
    )
    try:
        return [order_id for order_id in host.session().scalars(mine) if order_id is not None]
    finally:
        host.end_reads()

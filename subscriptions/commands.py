"""What a customer can do to a running plan."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from kits import host
from kits.errors import RefilleryError
from shop.payments.hosted import release
from subscriptions import ending, notices
from subscriptions.tables import OPEN, Refill, Subscription
from subscriptions.unsent import asking

log = logging.getLogger("refillery.subscriptions")


def end(subscription_id: int, *, actor: str, now: datetime) -> None:
    """End the refills at once: nothing more is charged or sent. Ending twice does nothing more. Commits.

    What is ordered and unpaid is closed at the gateway; where that cannot be
    done now, the duty of lapsed refills does it. What was paid meanwhile stays
    paid; of what was paid and has not left its customer is asked.
    """
    try:
        end_and_close(subscription_id, actor=actor, now=now)
    except RefilleryError as error:
        if not error.retry:
            raise
        host.end_reads()
        log.warning("an order of an ended plan is closed later: %s", type(error).__name__)


def end_and_close(subscription_id: int, *, actor: str, now: datetime) -> None:
    """The same for who must know that nothing is open: raises GatewayError or Busy when it cannot be closed now.

    The plan has ended all the same.
    """
    _stop(subscription_id, actor, now)
    for order_id in _open_orders(subscription_id):
        release.cancel(order_id, now=now)


def _stop(subscription_id: int, actor: str, now: datetime) -> None:
    with host.unit() as session:
        if ending.stop(session, subscription_id, actor=actor, now=now):
            asking.ask_of_plan(session, subscription_id, now)
            notices.ended(session, session.get_one(Subscription, subscription_id, populate_existing=True), now)


def _open_orders(subscription_id: int) -> list[int]:
    mine = select(Refill.order_id).where(
        Refill.subscription_id == subscription_id, Refill.state.in_(OPEN), Refill.order_id.is_not(None)
    )
    try:
        return [order_id for order_id in host.session().scalars(mine) if order_id is not None]
    finally:
        host.end_reads()

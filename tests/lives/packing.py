"""Staff at the packing table."""

from __future__ import annotations

from sqlalchemy import select

from kits import clock, host
from kits.errors import RefilleryError
from shop.orders.parcels.shipping import ship
from shop.orders.tables import PAID, Order

STAFF = "staff:1"
HOUSEWORK = frozenset(
    [
        "customer at the gateway",
        "forecast",
        "last mail",
        "link by mail",
        "old mails",
        "old webhooks",
        "recall",
        "replacement",
        "stock alerts",
        "webhook",
        "what need not be kept",
    ]
)
"""Duties that have nothing to do in these lives, or nothing with billing: days are many, and looking costs time."""


def pack() -> None:
    """Send every order that is paid and may leave."""
    paid = host.session().scalars(select(Order.id).where(Order.state == PAID).order_by(Order.id)).all()
    host.end_reads()
    for order_id in paid:
        try:
            ship(order_id, tracking="", actor=STAFF, now=clock.now())
        except RefilleryError:  # its customer is asked first, or a lot is gone
            host.end_reads()

"""Packing: what was promised to a paid order leaves its lots."""

from __future__ import annotations

from datetime import datetime

from kits import audit
from kits.errors import BadInput, WrongState
from kits.host import unit
from kits.stock.ledger import Cause
from kits.stock.moves import packing
from shop.orders.find import locked
from shop.orders.tables import PAID, SHIPPED
from shop.registers import Settled, run_steps


def ship(order_id: int, *, tracking: str, actor: str, now: datetime) -> None:
    """Take the order's stock from its lots, first expired first out, and mark it shipped. Commits.

    Raises WrongState unless the order is paid, BadInput for a tracking number
    over 80 characters.
    """
    if len(tracking) > 80 or not tracking.isprintable():
        raise BadInput("tracking", "Give a tracking number of up to 80 characters, or leave it empty.")
    with unit() as session:
        order = locked(session, order_id)
        if order.state != PAID:
            raise WrongState("Only a paid order can be shipped. Reload the page to see what it is now.")
        packing.ship(session, order.number, Cause(actor, now))
        order.state, order.shipped_at, order.tracking = SHIPPED, now, tracking.strip() or None
        audit.record(session, at=now, actor=actor, action="order.shipped", subject=order.number)
        run_steps(session, Settled("shipped", order, now))

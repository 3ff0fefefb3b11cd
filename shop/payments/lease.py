"""The payment lease of an order: who may start a payment, or close one. Settling never needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kits.errors import Busy
from kits.host import end_reads, outside_transaction, unit
from shop.orders.tables import Order
from shop.work import leases


@contextmanager
def payment_lease(order_id: int) -> Iterator[str]:
    """Hold the order's lease; raises Busy when another holds it, TransactionOpen inside a transaction."""
    outside_transaction()
    me = leases.holder()
    with unit() as session:
        if not leases.take(session, Order, order_id, me):
            raise Busy("A payment for this order is being worked on just now. Try again in a minute.")
    try:
        yield me
    finally:
        end_reads()
        with unit() as session:
            leases.let_go(session, Order, order_id, me)

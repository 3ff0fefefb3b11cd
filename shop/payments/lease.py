"""The payment lease of an order: who may start a payment, or close one. Settling never needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update
from sqlalchemy.orm import Session

from kits.errors import Busy
from kits.host import alone, end_reads, outside_transaction, unit
from shop.orders.tables import Order
from shop.work import leases
from shop.work.running.keeping import Kept, keeping


class CustomerPaying(Busy):
    """The customer has a payment page open: paying is theirs, so a worker looks again in two minutes."""

    wait = 120.0


@dataclass
class PaymentLease:
    """The lease while it is held."""

    order_id: int
    me: str
    given_back: bool = False
    kept: Kept | None = None

    def renew(self) -> None:
        """See to it that it is ours before money is asked for; raises Busy when it ran out and may be another's."""
        if self.kept is not None and self.kept.is_fresh:
            return
        with unit() as session:
            if not leases.renew(session, Order, self.order_id, self.me):
                raise Busy("This took too long, and someone else may be at it. Try again in a minute.")

    def end_with(self, write: Update, given: Mapping[str, Any]) -> None:
        """Write what became known by `write`, and give the lease back, by themselves. Commits."""
        outside_transaction()
        leases.let_go_with(alone(), Order, self.order_id, self.me, write, given)
        self.given_back = True

    @contextmanager
    def last(self) -> Iterator[Session]:
        """The unit that writes what became known, and gives the lease back with it. Commits."""
        with unit() as session:
            yield session
            leases.let_go(session, Order, self.order_id, self.me)
        self.given_back = True


@contextmanager
def payment_lease(order_id: int) -> Iterator[PaymentLease]:
    """Hold the order's lease; raises Busy when another holds it, TransactionOpen inside a transaction."""
    outside_transaction()
    me = leases.holder()
    with unit() as session:
        if not leases.take(session, Order, order_id, me):
            raise Busy("A payment for this order is being worked on just now. Try again in a minute.")
    with holding(order_id, me) as lease:
        yield lease


@contextmanager
def holding(order_id: int, me: str, since: float | None = None) -> Iterator[PaymentLease]:
    """Go on with a lease that is ours already, and give it back.

    `since`: before it was taken, by the running clock, where a transaction that may have waited came in between.
    """
    lease = PaymentLease(order_id, me)
    try:
        with keeping(Order, order_id, me, since) as lease.kept:
            yield lease
    finally:
        end_reads()
        if not lease.given_back:
            leases.let_go_alone(alone(), Order, order_id, me)

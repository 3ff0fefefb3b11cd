"""Placing an order and opening its payment page at once: the order, its lease and its first attempt in one transaction.

Whoever placed the order just now is the only one who knows it, so there is no
page to look for and no intent to close, and nobody else can hold its lease.
A process that dies before the page is there leaves what `pay_in_person` goes
on with: an attempt whose page is not known yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from kits.host import after_commit, end_reads, session
from shop.orders.checkout import Purchase, place, placed_by
from shop.orders.placing.rows import Written
from shop.orders.tables import Order
from shop.payments import attempts
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import NoKeys
from shop.payments.hosted.opening import Opening, open_page
from shop.payments.hosted.start import SHORTEST_PAGE, pay_in_person
from shop.payments.lease import holding
from shop.payments.tables import HOSTED, PaymentAttempt
from shop.work import leases


@dataclass(frozen=True)
class Bought:
    """An order that is placed. `page` opens its payment page, and raises as `pay_in_person` does."""

    order_id: int
    token: str
    page: Callable[[], str]


def buy(purchase: Purchase, *, now: datetime) -> Bought:
    """Place the order, or find the one that this submission made; raises as `place` does. Commits."""
    first = _FirstPage(now) if _has_keys() else None
    order_id = place(purchase, now=now, beginning=first)
    if first and first.opening:
        return Bought(order_id, first.opening.token, first.open)
    return _bought(order_id, now)


def bought_by(submission: str, *, now: datetime) -> Bought | None:
    """The order that the form with this mark has made; None when it made none."""
    order_id = placed_by(submission)
    return None if order_id is None else _bought(order_id, now)


class _FirstPage:
    """The first payment of an order that is being placed; see `shop.orders.placing.rows.Beginning`."""

    def __init__(self, now: datetime) -> None:
        self.holder, self._since, self._now = leases.holder(), time.monotonic(), now
        self._written: Written | None = None
        self._attempt: dict[str, Any] = {}
        self.opening: Opening | None = None
        """Known once it is committed."""

    def closes(self, keep_until: datetime) -> datetime:
        """The page stays open as long as the gateway wants it to, at least."""
        return max(keep_until, self._now + SHORTEST_PAGE)

    def row(self, written: Written) -> tuple[type[PaymentAttempt], dict[str, Any]]:
        """The first attempt: of an order that is being written nobody can have begun another."""
        order = written.order
        self._written = written
        self._attempt = attempts.first_row(order, HOSTED, now=self._now, expires_at=order.keep_until)
        return PaymentAttempt, self._attempt

    def begun(self, row_id: int) -> None:
        """The page can be opened once this is committed."""
        assert self._written is not None, "nothing was begun"
        order, buyer = self._written.order, self._written.buyer
        opening = Opening(
            attempt_id=row_id,
            order_id=order.id,
            key=attempts.first_key(self._attempt),
            token=order.token,
            closes=order.keep_until,
            save_card=any(line.refills for line in order.lines),
            payer=buyer,
            bill=attempts.bill(order, 1, buyer.gateway_id),
        )
        after_commit(lambda: setattr(self, "opening", opening))

    def open(self) -> str:
        """The address of the page. Commits."""
        assert self.opening is not None, "nothing was begun"
        with holding(self.opening.order_id, self.holder, self._since) as lease:
            return open_page(lease, self.opening, now=self._now)


def _has_keys() -> bool:
    try:
        gateway()
    except NoKeys:
        return False
    return True


def _bought(order_id: int, now: datetime) -> Bought:
    return Bought(order_id, _token(order_id), partial(pay_in_person, order_id, now=now))


def _token(order_id: int) -> str:
    try:
        return session().execute(select(Order.token).where(Order.id == order_id)).scalar_one()
    finally:
        end_reads()

"""Paying in person: one open hosted page an order, which a customer comes back to until it closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from kits.errors import WrongState
from kits.host import end_reads, session, unit
from kits.settings import setting
from shop.customers.tables import Customer
from shop.orders.find import locked
from shop.orders.tables import AWAITING, Order
from shop.payments import attempts
from shop.payments.gateway import HostedPage, Refused
from shop.payments.lease import payment_lease
from shop.payments.release import close_intent, end_page
from shop.payments.stripe_gateway import gateway
from shop.payments.tables import CLOSED, HOSTED, PaymentAttempt

# Stripe keeps a page open for 30 minutes at least; ours gets a minute for the way there.
GATEWAY_SHORTEST = timedelta(minutes=30)
SHORTEST_PAGE = timedelta(minutes=31)


def pay_in_person(order_id: int, *, return_url: str, cancel_url: str, now: datetime) -> str:
    """The address of the gateway's page on which this order can be paid now. Commits.

    The open page is used again. A refill's saved-card intent is cancelled
    first, so that the order can be paid once only. Raises WrongState when the
    order is no longer to be paid, Busy, GatewayError.
    """
    gateway()
    with payment_lease(order_id):
        known = _open_page(order_id, now)
        if known is not None and known.url:
            return known.url
        close_intent(order_id, now=now)
        attempt_id = _begin(order_id, now)
        return _made(attempt_id, return_url, cancel_url, now)


def _open_page(order_id: int, now: datetime) -> HostedPage | None:
    attempt = attempts.page_seen(order_id)
    if attempt is None or attempt.page_id is None:
        return None
    page = gateway().page(attempt.page_id)
    if page.status == "open":
        return page
    end_page(attempt.id, page, now=now)
    return None


def _begin(order_id: int, now: datetime) -> int:
    """The attempt to make a page for, committed: the one whose page is not known yet, or a new one."""
    with unit() as current:
        order = locked(current, order_id)
        if order.state != AWAITING:
            raise WrongState("This order is not waiting for a payment any more.")
        waiting = attempts.open_page(current, order_id)
        if waiting is not None and waiting.expires_at and waiting.expires_at >= now + GATEWAY_SHORTEST:
            return waiting.id
        if waiting is not None:
            attempts.write(current, waiting.id, state=CLOSED, ended_at=now)
        return _new(current, order, now).id


def _new(current: Session, order: Order, now: datetime) -> PaymentAttempt:
    keep = timedelta(minutes=setting("RESERVATION_MINUTES"))
    closes = max(order.keep_until, now + SHORTEST_PAGE) if order.kind == "kit" else now + max(keep, SHORTEST_PAGE)
    order.keep_until = closes
    return attempts.begin(current, order, HOSTED, now=now, expires_at=closes)


def _made(attempt_id: int, return_url: str, cancel_url: str, now: datetime) -> str:
    """Make the page under the attempt's key; asking again under it gives the same page."""
    with attempts.noting(attempt_id):
        order = _Payer.of(attempt_id, now)
        if order.gateway_id is None:
            _make_customer(order)
        try:
            page = gateway().create_page(
                attempts.bill_for(attempt_id),
                save_card=order.save_card,
                expires_at=order.closes,
                success_url=return_url,
                cancel_url=cancel_url,
                key=f"{order.key}-page",
            )
        except Refused:
            attempts.note(attempt_id, state=CLOSED, ended_at=now)
            raise
    attempts.note(attempt_id, session_id=page.id, session_url=page.url)
    return page.url or ""


@dataclass(frozen=True)
class _Payer:
    """Who pays an attempt's order, and how: plain values."""

    id: int
    email: str
    name: str
    gateway_id: str | None
    save_card: bool
    closes: datetime
    key: str

    @classmethod
    def of(cls, attempt_id: int, now: datetime) -> _Payer:
        try:
            attempt = session().get_one(PaymentAttempt, attempt_id)
            order, person, key = attempt.order, attempt.order.customer, attempts.seen(attempt).key
            # The card is kept where refills follow, and where this is one.
            save_card = order.kind == "refill" or any(line.refills for line in order.lines)
            closes = attempt.expires_at or now + SHORTEST_PAGE
            return cls(person.id, person.email, person.name, person.stripe_customer, save_card, closes, key)
        finally:
            end_reads()


def _make_customer(payer: _Payer) -> None:
    """Make the gateway's customer once and keep its id; who comes second uses the first one's. Commits."""
    made = gateway().create_customer(payer.email, payer.name, key=f"{payer.key}-customer")
    nobody_yet = update(Customer).where(Customer.id == payer.id, Customer.stripe_customer.is_(None))
    with unit() as current:
        current.execute(nobody_yet.values(stripe_customer=made))

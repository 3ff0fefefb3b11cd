"""Paying in person: one open hosted page an order, which a customer comes back to until it closes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from kits.errors import WrongState
from kits.host import end_reads, session, unit
from kits.settings import setting
from shop.customers.tables import Customer
from shop.orders.find import locked
from shop.orders.tables import AWAITING, Order
from shop.payments import attempts, settle
from shop.payments.gateway import HostedPage
from shop.payments.lease import payment_lease
from shop.payments.release import close_intent
from shop.payments.stripe_gateway import gateway
from shop.payments.tables import CLOSED, HOSTED, PaymentAttempt

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
    attempt = attempts.open_page(session(), order_id)
    end_reads()
    if attempt is None or attempt.session_id is None:
        return None
    page = gateway().page(attempt.session_id)
    if page.status == "open":
        return page
    if page.intent is not None and page.intent.paid:
        settle.settle(page.intent, now=now, page_id=page.id)
    else:
        attempts.note(attempt.id, state=CLOSED, ended_at=now)
    return None


def _begin(order_id: int, now: datetime) -> int:
    """The attempt to make a page for, committed: the one whose page is not known yet, or a new one."""
    with unit() as current:
        order = locked(current, order_id)
        if order.state != AWAITING:
            raise WrongState("This order is not waiting for a payment any more.")
        waiting = attempts.open_page(current, order_id)
        if waiting is not None and waiting.expires_at and waiting.expires_at > now + SHORTEST_PAGE / 2:
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
        customer = _customer_of(attempt_id)
        attempt = session().get_one(PaymentAttempt, attempt_id)
        bill, key = attempts.bill(attempt.order, attempt, customer), f"{attempt.key}-{attempt.requests}-page"
        save_card, closes = _later_charges(attempt.order), attempt.expires_at or now + SHORTEST_PAGE
        end_reads()
        page = gateway().create_page(
            bill, save_card=save_card, expires_at=closes, success_url=return_url, cancel_url=cancel_url, key=key
        )
    attempts.note(attempt_id, session_id=page.id, session_url=page.url)
    return page.url or ""


def _later_charges(order: Order) -> bool:
    """True when the card is to be kept: refills follow, or this is one."""
    return order.kind == "refill" or any(line.refills for line in order.lines)


def _customer_of(attempt_id: int) -> str:
    """The gateway's customer for this attempt's order, made once and kept. Commits."""
    attempt = session().get_one(PaymentAttempt, attempt_id)
    person, key = attempt.order.customer, f"{attempt.key}-{attempt.requests}-customer"
    known, row_id, email, name = person.stripe_customer, person.id, person.email, person.name
    end_reads()
    return known or _customer(row_id, email, name, key=key)


def _customer(row_id: int, email: str, name: str, *, key: str) -> str:
    made = gateway().create_customer(email, name, key=key)
    with unit() as current:
        current.execute(
            update(Customer)
            .where(Customer.id == row_id, Customer.stripe_customer.is_(None))
            .values(stripe_customer=made)
        )
        return current.get_one(Customer, row_id, populate_existing=True).stripe_customer or made

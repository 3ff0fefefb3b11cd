"""Paying in person: one open hosted page an order, which a customer comes back to until it closes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.errors import WrongState
from kits.host import end_reads, session, unit
from kits.settings import setting
from shop.customers.people import Person
from shop.orders.find import locked
from shop.orders.tables import AWAITING, Order
from shop.payments import attempts
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import HostedPage
from shop.payments.hosted.opening import Opening, open_page
from shop.payments.hosted.release import close_intent, close_pages, end_page, let_go
from shop.payments.lease import payment_lease
from shop.payments.tables import CLOSED, HOSTED, PaymentAttempt

# Stripe keeps a page open for 30 minutes at least; ours gets a minute for the way there.
GATEWAY_SHORTEST = timedelta(minutes=30)
SHORTEST_PAGE = timedelta(minutes=31)
LONGEST_KEPT = timedelta(hours=3)
"""How long after an order was made new pages keep its stock; a longer first page is a setting."""
TOO_LATE = "The time to pay this order is over. Nothing was charged. Put your kit into the basket again."


def pay_in_person(order_id: int, *, now: datetime) -> str:
    """The address of the gateway's page on which this order can be paid now. Commits.

    The open page is used again. A refill's saved-card intent is cancelled
    first, so that the order can be paid once only. Raises WrongState when the
    order is no longer to be paid, Busy, GatewayError. A kit's order that was
    made hours ago is cancelled instead: its stock is not kept without end.
    """
    gateway()
    with payment_lease(order_id) as lease:
        known = _open_page(order_id, now)
        if known is not None and known.url:
            return known.url
        close_intent(order_id, now=now)
        _refuse_late(order_id, now)
        return open_page(lease, _begin(order_id, now), now=now)


def _open_page(order_id: int, now: datetime) -> HostedPage | None:
    attempt = attempts.page_seen(order_id)
    if attempt is None or attempt.page_id is None:
        return None
    page = gateway().page(attempt.page_id)
    if page.status == "open":
        return page
    end_page(attempt.id, page, now=now)
    return None


def _refuse_late(order_id: int, now: datetime) -> None:
    """Raises WrongState for an order that no page can be made for in its time; it is cancelled. Commits."""
    about = select(Order.kind, Order.state, Order.made_at, Order.keep_until).where(Order.id == order_id)
    found = session().execute(about).one()
    end_reads()
    longest = max(found.keep_until, found.made_at + LONGEST_KEPT)
    if found.kind == "kit" and found.state == AWAITING and now + SHORTEST_PAGE > longest:
        close_pages(order_id, now=now)
        let_go(order_id, now=now)
        raise WrongState(TOO_LATE)


def _begin(order_id: int, now: datetime) -> Opening:
    """The attempt to make a page for, committed: the one whose page is not known yet, or a new one."""
    with unit() as current:
        order = locked(current, order_id)
        if order.state != AWAITING:
            raise WrongState("This order is not waiting for a payment any more.")
        waiting = attempts.open_page(current, order_id)
        if waiting is not None and waiting.expires_at and waiting.expires_at >= now + GATEWAY_SHORTEST:
            return _opening(order, waiting)
        if waiting is not None:
            attempts.write(current, waiting.id, state=CLOSED, ended_at=now)
        return _opening(order, _new(current, order, now))


def _new(current: Session, order: Order, now: datetime) -> PaymentAttempt:
    keep = timedelta(minutes=setting("RESERVATION_MINUTES"))
    closes = max(order.keep_until, now + SHORTEST_PAGE) if order.kind == "kit" else now + max(keep, SHORTEST_PAGE)
    order.keep_until = closes
    return attempts.begin(current, order, HOSTED, now=now, expires_at=closes)


def _opening(order: Order, attempt: PaymentAttempt) -> Opening:
    person = order.customer
    return Opening(
        attempt_id=attempt.id,
        order_id=order.id,
        key=attempts.seen(attempt).key,
        token=order.token,
        closes=attempt.expires_at or order.keep_until,
        # The card is kept where refills follow, and where this is one.
        save_card=order.kind == "refill" or any(line.refills for line in order.lines),
        payer=Person(person.id, person.email, person.name, person.stripe_customer),
        bill=attempts.bill(order, attempt.number, person.stripe_customer),
    )

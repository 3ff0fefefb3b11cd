"""Letting go: an order's payment pages and intents are closed at the gateway before its stock is.

What turns out to be paid while it is being closed is settled instead.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from kits.errors import Busy
from kits.host import end_reads, session, unit
from kits.stock.promises import reservations
from shop.orders.find import locked
from shop.orders.tables import AWAITING, CANCELLED, Order
from shop.payments import attempts, settle
from shop.payments.attempts import Seen
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import HostedPage
from shop.payments.lease import payment_lease
from shop.payments.tables import CLOSED, OPEN, SAVED_CARD
from shop.registers import Settled, run_steps
from shop.selling import codes
from shop.work.duties import Duty


def cancel(order_id: int, *, now: datetime) -> str:
    """Cancel an unpaid order and free its stock; returns its state, `paid` if it was paid meanwhile. Commits.

    Raises Busy while a payment is being started, GatewayError when the
    gateway cannot be asked: then nothing is let go.
    """
    with payment_lease(order_id):
        close_pages(order_id, now=now)
        close_intent(order_id, now=now)
        return let_go(order_id, now=now)


def close_pages(order_id: int, *, now: datetime) -> None:
    """Close the order's hosted page, or settle it if it is complete. The caller holds the lease. Commits."""
    attempt = attempts.page_seen(order_id)
    if attempt is not None:
        close_page(attempt, now=now)


def close_page(attempt: Seen, *, now: datetime) -> None:
    """The same for the page of this attempt."""
    if attempt.page_id is None:
        if attempt.expires_at is not None and attempt.expires_at > now:
            raise Busy("The payment page is still being made. Try again in a minute.")
        attempts.note(attempt.id, state=CLOSED, ended_at=now)
        return
    end_page(attempt.id, gateway().close_page(attempt.page_id), now=now)


def close_intent(order_id: int, *, now: datetime) -> None:
    """Cancel the order's intent and read back that it is; settle it if it was paid. The caller holds the lease."""
    attempt = _charge(order_id)
    if attempt is None:
        return
    if attempt.intent_id is None:
        # Where its answer was lost there is an intent all the same: it takes no money, for nobody can confirm it.
        attempts.note(attempt.id, state=CLOSED, ended_at=now)
        return
    seen = gateway().cancel_intent(attempt.intent_id)
    if seen.paid:
        settle.settle(seen, now=now)
    elif seen.cancelled:
        attempts.close_intent(attempt.intent_id, now=now)
    else:
        raise Busy("A charge is being worked on just now. Try again in a minute.")


def _charge(order_id: int) -> Seen | None:
    """The order's newest charge of a saved card, unless nothing can come of it any more."""
    found = attempts.latest(session(), order_id, SAVED_CARD)
    live = found is not None and found.intent_live and (found.intent_id is not None or found.state in OPEN)
    seen = attempts.seen(found) if found is not None and live else None
    end_reads()
    return seen


def end_page(attempt_id: int, page: HostedPage, *, now: datetime) -> None:
    """Record that a page can no longer be paid: settle it, or close its attempt. Raises Busy while it can. Commits."""
    if page.intent is not None and page.intent.paid:
        settle.settle(page.intent, now=now, page_id=page.id)
    elif page.status == "expired":
        attempts.note(attempt_id, state=CLOSED, ended_at=now)
    else:
        raise Busy("The payment is still being worked on. Try again in a minute.")


def let_go(order_id: int, *, now: datetime) -> str:
    """Cancel an order whose pages and intents are closed, unless it was paid; its state. Commits.

    The caller holds the lease.
    """
    with unit() as current:
        order = locked(current, order_id)
        if order.state == AWAITING:
            if attempts.open_page(current, order_id) is not None:
                raise Busy("A payment page was opened just now. Try again in a minute.")
            order.state = CANCELLED
            current.flush()
            codes.give_back(current, order.discount_code)
            reservations.release(current, order.number)
            run_steps(current, Settled("cancelled", order, now))
        return order.state


def _abandoned(now: datetime) -> ColumnElement[bool]:
    return and_(Order.state == AWAITING, Order.kind == "kit", Order.keep_until <= now)


def _cancel_abandoned(order_id: int, now: datetime) -> None:
    # The duty's claim is the order's payment lease, so the parts of `cancel` are called under it.
    close_pages(order_id, now=now)
    let_go(order_id, now=now)


ABANDONED_DUTY = Duty("abandoned checkout", Order, _abandoned, _cancel_abandoned)

"""Settling: the one way in which an order becomes paid, whoever noticed first.

Only what the gateway says when asked again counts: paid, the right amount,
currency and order. The order's short row lock decides who settles; who comes
second finds the payment and does nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.clock import today
from kits.errors import BadInput, SoldOut
from kits.host import end_reads, outside_transaction, session, unit
from kits.rows import change
from kits.stock.promises.reservations import reserve_again
from shop.customers.people import is_alive
from shop.orders.find import locked, locked_whole
from shop.orders.tables import AWAITING, CANCELLED, PAID, Order
from shop.papers.attached import CONFIRMED
from shop.papers.confirmation import confirmation
from shop.papers.issuing import first_invoice
from shop.payments import arriving, attempts
from shop.payments.cards import settling
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import Declined, Intent
from shop.payments.giving_back import reasons, refund_letters, refunds
from shop.payments.tables import CLOSED, DECLINED, NEEDS_CUSTOMER, OPEN, Payment, PaymentAttempt
from shop.registers import Settled, run_steps
from shop.selling import codes
from shop.work.outbox import post

log = logging.getLogger("refillery.payments")
Within = Callable[[], AbstractContextManager[Session]]


def settle_page(page_id: str, *, now: datetime) -> None:
    """Ask the gateway about a hosted page and settle what it paid, or keep the card that it saved. Commits.

    The attempt of one that has expired is over: nobody need look whether it was paid.
    """
    outside_transaction()
    page = gateway().page(page_id)
    if page.intent is not None:
        settle(page.intent, now=now, page_id=page_id)
    else:
        settling.settle(page, now=now)
    if page.status == "expired":
        of_page = update(PaymentAttempt).where(PaymentAttempt.session_id == page_id, PaymentAttempt.state.in_(OPEN))
        with unit() as current:
            current.execute(of_page.values(state=CLOSED, ended_at=now))


def settle_intent(intent_id: str, *, now: datetime) -> None:
    """Ask the gateway about an intent and settle its order if it was paid. Commits."""
    outside_transaction()
    settle(gateway().intent(intent_id), now=now)


def settle(
    intent: Intent, *, now: datetime, page_id: str | None = None, of: int | None = None, within: Within = unit
) -> None:
    """Settle what an intent, fresh from the gateway, has paid. Commits; does nothing twice.

    `of` is the id of its order where that is known; `within` opens the unit that is written in.
    """
    outside_transaction()
    order_id = of or _order_id(intent.metadata.get("order", ""))
    if not intent.paid or order_id is None:
        return
    with within() as current:
        order = locked_whole(current, order_id)
        if not arriving.is_known(current, intent.id):
            _arrived(current, order, intent, page_id, now)


def settle_decline(order_id: int, attempt_id: int, declined: Declined, *, now: datetime) -> str:
    """Record that an attempt was declined; returns its state. Commits; does nothing twice."""
    state = NEEDS_CUSTOMER if declined.needs_customer else DECLINED
    with unit() as current:
        order = locked(current, order_id)
        ended = attempts.write(current, attempt_id, state=state, ended_at=now, **_said(declined))
        if ended and order.state == AWAITING:
            attempt = current.get_one(PaymentAttempt, attempt_id, populate_existing=True)
            what = "needs_customer" if declined.needs_customer else "declined"
            run_steps(current, Settled(what, order, now, attempt=attempt))  # type: ignore[arg-type]
    return state


def _said(declined: Declined) -> dict[str, str | None]:
    advice = declined.advice
    return {
        "decline_code": declined.code,
        "advice_code": advice.code,
        "network_advice_code": advice.network,
        "network_decline_code": advice.network_decline,
        "card_brand": advice.brand,
    }


def _arrived(current: Session, order: Order, intent: Intent, page_id: str | None, now: datetime) -> None:
    if intent.amount != order.total or intent.received != order.total_amount:
        log.error("intent %s does not match order %s", intent.id, order.number)
        audit.record(current, at=now, actor="settle", action="payment.mismatch", subject=order.number, intent=intent.id)
        return
    payment = arriving.write(current, order, intent, page_id, now)
    reason = why_back(current, order, now)
    if reason is None:
        pay(current, order, payment, now)
    else:
        refund = refunds.ask(current, payment, payment.amount, reason=reason, now=now)
        refund_letters.asked(current, refund, now)


def why_back(current: Session, order: Order, now: datetime) -> str | None:
    """Why money for a locked order goes back at once. Flushes.

    None when the order waits for it, or was let go but its stock, and its code, can still be had.
    """
    if order.state == AWAITING:
        return None
    if order.state != CANCELLED:
        return reasons.PAID_TWICE
    if order.kind != "kit" or not is_alive(current, order.customer_id):
        return reasons.CANCELLED
    try:
        with current.begin_nested():
            codes.take_again(current, order.discount_code)
            reserve_again(current, order.number, today=today(now), now=now)
    except SoldOut:
        return reasons.SOLD_OUT
    except BadInput:
        return reasons.CODE_USED_UP
    return None


def pay(current: Session, order: Order, payment: Payment, now: datetime) -> None:
    """A locked order is paid with this payment: what follows from it, in the same transaction. Flushes."""
    change(current, order, state=PAID, paid_at=now)
    run_steps(current, Settled("paid", order, now, payment=payment))
    if order.kind == "kit":  # a refill's own mail is written by the room that knows the plan
        mail = confirmation(current, order, payment)
        post(current, f"{CONFIRMED}{order.number}", order.customer.email, mail, now=now)
    first_invoice(current, order, payment, now=now)  # last, because all who are being paid wait for its number


def _order_id(number: str) -> int | None:
    try:
        return session().scalar(select(Order.id).where(Order.number == number))
    finally:
        end_reads()

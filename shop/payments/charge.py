"""Charging a saved card: one PaymentIntent an order, made, kept, then confirmed off-session.

Every step is committed before the next request leaves, so a process killed
anywhere is taken up again: the intent is looked up by its id, and confirming
it once more takes no second charge.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kits.host import unit
from shop import logs
from shop.environment import standing
from shop.orders.find import locked
from shop.orders.tables import AWAITING, Order
from shop.payments import attempts, settle
from shop.payments.attempts import Seen
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import Bill, Declined, Intent, OutcomeUnknown, Refused, Unavailable
from shop.payments.hosted.release import close_page, end_page
from shop.payments.lease import CustomerPaying, PaymentLease, holding, payment_lease
from shop.payments.tables import CLOSED, OPEN, SAVED_CARD, PaymentAttempt
from shop.work import leases

log = logging.getLogger("refillery.payments")
UNUSABLE = "card_not_usable"
PAGE_OPEN = "The customer has a payment page open."
UNPAID = ("requires_payment_method", "requires_confirmation")


@dataclass(frozen=True)
class Begun:
    """A charge whose attempt is written, as plain values: what it is for, on which card."""

    attempt: Seen
    bill: Bill
    card: str


class FirstCharge:
    """The first charge of a refill order that is being placed: nobody else can be at it. See `Charge` of `repeat`."""

    def __init__(self, card: str, customer: str | None, now: datetime) -> None:
        # The order may wait for its stock, so what its lease is reckoned from lies before.
        self.holder, self._since, self._now = leases.holder(), time.monotonic(), now
        self._card, self._customer = card, customer
        self._order: Order | None = None
        self._attempt: dict[str, Any] = {}
        self._begun: Begun | None = None

    def row(self, order: Order) -> tuple[type[PaymentAttempt], dict[str, Any]]:
        """The first attempt."""
        self._order = order
        self._attempt = attempts.first_row(order, SAVED_CARD, now=self._now, card=self._card)
        return PaymentAttempt, self._attempt

    def begun(self, row_id: int) -> None:
        """Once this is committed, `go_on`."""
        assert self._order is not None, "nothing was begun"
        bill = attempts.bill(self._order, 1, self._customer)
        self._begun = Begun(attempts.first_seen(row_id, self._attempt), bill, self._card)

    def go_on(self) -> str:
        """Charge what was begun, under its lease; returns and raises as `charge_saved_card`. Commits."""
        assert self._begun is not None, "nothing was begun"
        with holding(self._begun.attempt.order_id, self.holder, self._since) as lease:
            return _outcome(lease, self._begun, self._now)


def charge_saved_card(order_id: int, card: str, *, now: datetime) -> str:
    """Charge the order's total to a saved card; returns `succeeded`, `declined`, `needs_customer` or `closed`.

    `closed` says that the order no longer waits for money. Raises Busy while
    the customer is paying in person, and GatewayError with `retry` when the
    outcome is not known yet: call again, it goes on where it was, with the
    card it was begun with. Raises OtherEnvironment where nothing may be charged. Commits.
    """
    standing.require(now, to_charge=True)
    with payment_lease(order_id) as lease:
        _no_page_open(order_id, now)
        begun = _begun(order_id, card, now)
        return CLOSED if begun is None else _outcome(lease, begun, now)


def _outcome(lease: PaymentLease, begun: Begun, now: datetime) -> str:
    with logs.about(order=begun.attempt.order_id, attempt=begun.attempt.id):
        try:
            outcome = _charged(lease, begun, now)
        except Declined as declined:
            outcome = settle.settle_decline(begun.attempt.order_id, begun.attempt.id, declined, now=now)
        log.info("charge: %s", outcome)
        return outcome


def _no_page_open(order_id: int, now: datetime) -> None:
    """Raises Busy while the customer may still pay in person; a page that was paid unnoticed is settled."""
    page = attempts.page_seen(order_id)
    if page is None:
        return
    if page.expires_at is None or page.expires_at <= now:
        close_page(page, now=now)
        return
    seen = gateway().page(page.page_id) if page.page_id else None
    if seen is None or seen.status == "open":
        raise CustomerPaying(PAGE_OPEN)
    end_page(page.id, seen, now=now)


def _begun(order_id: int, card: str, now: datetime) -> Begun | None:
    """The attempt to go on with, committed: the open one, or the next. None when nothing is to be paid."""
    with unit() as current:
        order = locked(current, order_id)
        if order.state != AWAITING:
            return None
        if attempts.open_page(current, order_id) is not None:
            raise CustomerPaying(PAGE_OPEN)
        attempt = attempts.latest(current, order_id, SAVED_CARD)
        if attempt is None or attempt.state not in OPEN:
            kept = attempt.intent_id if attempt is not None and attempt.intent_live else None
            attempt = attempts.begin(current, order, SAVED_CARD, now=now, intent_id=kept, card=card)
        bill = attempts.bill(order, attempt.number, order.customer.stripe_customer)
        return Begun(attempts.seen(attempt), bill, attempt.card or card)


def _charged(lease: PaymentLease, begun: Begun, now: datetime) -> str:
    attempt = begun.attempt
    intent = gateway().intent(attempt.intent_id) if attempt.intent_id else _make_intent(begun)
    if not intent.paid and not intent.cancelled:
        lease.renew()
        if intent.customer == begun.bill.customer:
            intent = _confirm(attempt, intent, begun.card)
        else:  # the gateway has deleted the customer it was made for: no card of the new one pays it
            intent = gateway().cancel_intent(intent.id)
    return _ended(lease, attempt, intent, now)


def _make_intent(begun: Begun) -> Intent:
    attempt = begun.attempt
    with attempts.noting(attempt.id):
        try:
            intent = gateway().create_intent(begun.bill, begun.card, key=f"{attempt.key}-intent")
        except Refused as error:
            raise Declined(UNUSABLE, None) from error
    attempts.note_intent(attempt.id, intent.id)
    return intent


def _confirm(attempt: Seen, intent: Intent, card: str) -> Intent:
    with attempts.noting(attempt.id):
        try:
            return gateway().confirm_intent(intent.id, card, key=f"{attempt.key}-confirm")
        except Refused as error:
            # Paid, cancelled or taken up by someone else meanwhile, or a card that is gone: read back which.
            seen = gateway().intent(intent.id)
            if seen.status not in UNPAID:
                return seen
            raise Declined(UNUSABLE, intent.id) from error


def _ended(lease: PaymentLease, attempt: Seen, intent: Intent, now: datetime) -> str:
    if intent.paid:
        settle.settle(intent, now=now, of=attempt.order_id, within=lease.last)
        return "succeeded"
    if intent.cancelled:
        attempts.close_intent(intent.id, now=now)
        raise Unavailable("The charge was cancelled meanwhile; the next try begins anew.")
    if intent.status == "requires_action":
        raise Declined("authentication_required", intent.id)
    attempts.note(attempt.id, state="unknown")
    raise OutcomeUnknown("Stripe is still working on the charge.")

"""One finding looked at afresh: Stripe is asked for that alone, and our rows are read again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from kits import host
from kits.money import Money
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import GatewayError, Refused
from shop.payments.gateway.seen import together
from shop.payments.tables import Refund
from shop.reconciliation import kinds
from shop.reconciliation.comparing import batches, facts, ours
from shop.reconciliation.comparing.facts import Fact, OurPayment

TRIES, FIRST_WAIT = 6, 0.5
Answer = TypeVar("Answer")


def patiently(ask: Callable[[], Answer]) -> Answer:
    """What `ask` asks of Stripe, once more where that helps; raises GatewayError. Only for what changes nothing."""
    for tried in range(TRIES):
        try:
            return ask()
        except GatewayError as error:
            if not error.retry or tried == TRIES - 1:
                raise
            time.sleep(max(error.wait, FIRST_WAIT * 2**tried))
    raise AssertionError("the last try returns or raises")


def look(kind: str, about: str) -> Fact | None:
    """How it is now: the difference, perhaps one of another kind; None where there is none any more.

    Nor is there one about what Stripe does not show, or no longer to this account. Leaves no transaction open.
    Raises GatewayError.
    """
    host.outside_transaction()
    try:
        return patiently(lambda: _LOOKS[kind](about))
    finally:
        host.end_reads()


def _charge(about: str) -> Fact | None:
    try:
        seen = gateway().charge(about)
    except Refused:
        return None
    return next(iter(batches.charges(host.session(), [seen]).facts), None)


def _payment(about: str) -> Fact | None:
    payment = _ours(about)
    return None if payment is None else facts.of_payment(payment, *_intent(payment))


def _intent(payment: OurPayment) -> tuple[str | None, Money]:
    try:
        seen = gateway().intent(payment.intent_id)
    except Refused:
        return None, payment.money
    return seen.status, Money(seen.received, seen.amount.currency)


def _refund(about: str) -> Fact | None:
    try:
        seen = gateway().refund_seen(about)
    except Refused:
        return None
    return next(iter(batches.refunds(host.session(), [seen]).facts), None)


def _missing_refund(about: str) -> Fact | None:
    """By Stripe's id, or by our mark where we have none."""
    found = ours.refunds(host.session(), Refund.id == int(about.removeprefix("refund-")))
    host.end_reads()
    if not found:
        return None
    [mine] = found
    try:
        asked = gateway()
        intent = mine.payment.intent_id
        seen = asked.refund_seen(mine.gateway_id) if mine.gateway_id else asked.find_refund(intent, mine.mark)
    except Refused:
        seen = None
    return facts.of_missing_refund(mine) if seen is None else facts.of_refund(seen, mine, None)


def _dispute(about: str) -> Fact | None:
    asked = gateway()
    try:
        seen = together(asked.disputes(about) if about.startswith("pi_") else [asked.dispute(about)])
    except Refused:
        seen = None
    return facts.of_dispute(about, seen, _ours(about))


def _ours(intent: str) -> OurPayment | None:
    try:
        return ours.payments(host.session(), [intent]).get(intent)
    finally:
        host.end_reads()


_LOOKS: dict[str, Callable[[str], Fact | None]] = {
    kinds.CHARGE_UNSETTLED: _charge,
    kinds.CHARGE_OTHER_AMOUNT: _charge,
    kinds.CHARGE_UNKNOWN: _charge,
    kinds.PAYMENT_MISSING: _payment,
    kinds.PAYMENT_DIFFERS: _payment,
    kinds.REFUND_UNKNOWN: _refund,
    kinds.REFUND_DIFFERS: _refund,
    kinds.REFUND_MISSING: _missing_refund,
    kinds.DISPUTE_UNKNOWN: _dispute,
    kinds.DISPUTE_DIFFERS: _dispute,
}

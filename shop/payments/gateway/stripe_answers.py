"""Reading what Stripe answers into our own words. Its objects come in as they are, so Stripe is not imported here."""

from __future__ import annotations

from typing import Any, Literal, cast

from kits.money import Money
from shop.payments.gateway.contract import Card, DisputeSeen, HostedPage, Intent, RefundSeen


def page(seen: Any) -> HostedPage:
    """A Checkout Session; its intent only where it was expanded."""
    paid_by = seen.payment_intent
    status = cast(Literal["open", "complete", "expired"], seen.status)
    whole = None if paid_by is None or isinstance(paid_by, str) else intent(paid_by)
    return HostedPage(seen.id, seen.url, status, seen.metadata.to_dict(), whole)


def intent(seen: Any) -> Intent:
    """A PaymentIntent."""
    failed = seen.last_payment_error
    return Intent(
        id=seen.id,
        status=seen.status,
        amount=Money(seen.amount, seen.currency.upper()),
        received=seen.amount_received,
        metadata=seen.metadata.to_dict(),
        customer=seen.customer if isinstance(seen.customer, str) else None,
        card=_card(seen.payment_method),
        decline_code=str(getattr(failed, "decline_code", None) or failed.code) if failed else None,
    )


def refund(seen: Any) -> RefundSeen:
    """A Refund."""
    return RefundSeen(seen.id, str(seen.status), getattr(seen, "failure_reason", None))


def dispute(seen: Any) -> DisputeSeen:
    """A Dispute."""
    about = seen.payment_intent
    return DisputeSeen(seen.id, seen.status, about if isinstance(about, str) else None)


def _card(seen: Any) -> Card | None:
    """A PaymentMethod that was expanded; None where it was not."""
    if seen is None or isinstance(seen, str):
        return None
    known = seen.card
    return Card(seen.id, known.brand, known.last4) if known else Card(seen.id, seen.type, "")

"""Reading what Stripe answers into our own words. Its objects come in as they are, so Stripe is not imported here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, cast

from kits.money import Money
from shop.payments.gateway.contract import Advice, Card, HostedPage, Intent
from shop.payments.gateway.seen import ChargeSeen, DisputeSeen, RefundSeen, WarningSeen


def page(seen: Any) -> HostedPage:
    """A Checkout Session; its intent only where it was expanded."""
    paid_by = seen.payment_intent
    status = cast(Literal["open", "complete", "expired"], seen.status)
    whole = None if paid_by is None or isinstance(paid_by, str) else intent(paid_by)
    return HostedPage(seen.id, seen.url, status, seen.metadata.to_dict(), whole, _saved(seen.setup_intent))


def _saved(setup: Any) -> Card | None:
    """The card that a SetupIntent has kept; None while it has not, and where it was not expanded."""
    if setup is None or isinstance(setup, str) or setup.status != "succeeded":
        return None
    return card(setup.payment_method)


def intent(seen: Any) -> Intent:
    """A PaymentIntent."""
    failed = seen.last_payment_error
    return Intent(
        id=seen.id,
        status=seen.status,
        amount=_money(seen.amount, seen.currency),
        received=seen.amount_received,
        metadata=seen.metadata.to_dict(),
        customer=seen.customer if isinstance(seen.customer, str) else None,
        card=card(seen.payment_method),
        decline_code=str(getattr(failed, "decline_code", None) or failed.code) if failed else None,
        created_at=_moment(seen.created),
    )


def charge(seen: Any) -> ChargeSeen:
    """A Charge; one that was only authorised has taken nothing yet."""
    return ChargeSeen(
        id=seen.id,
        intent_id=_id(seen.payment_intent),
        paid=bool(seen.paid and seen.captured),
        taken=_money(seen.amount_captured, seen.currency),
        refunded=seen.amount_refunded,
        metadata=seen.metadata.to_dict() if seen.metadata else {},
        made_at=_moment(seen.created),
    )


def refund(seen: Any) -> RefundSeen:
    """A Refund."""
    return RefundSeen(
        id=seen.id,
        status=str(seen.status),
        problem=getattr(seen, "failure_reason", None),
        intent_id=_id(seen.payment_intent),
        amount=_money(seen.amount, seen.currency),
        mark=seen.metadata.to_dict().get("mark") if seen.metadata else None,
        made_at=_moment(seen.created),
    )


def dispute(seen: Any) -> DisputeSeen:
    """A Dispute."""
    due = seen.evidence_details.due_by if seen.evidence_details else None
    return DisputeSeen(
        id=seen.id,
        status=seen.status,
        intent_id=_id(seen.payment_intent),
        reason=str(seen.reason),
        answer_by=_moment(due) if due else None,
        amount=_money(seen.amount, seen.currency),
        made_at=_moment(seen.created),
    )


def warning(seen: Any) -> WarningSeen:
    """An early fraud warning."""
    return WarningSeen(seen.id, _id(seen.payment_intent), str(seen.fraud_type))


def card(seen: Any) -> Card | None:
    """A PaymentMethod that was expanded; None where it was not."""
    if seen is None or isinstance(seen, str):
        return None
    known, owner = seen.card, seen.customer if isinstance(seen.customer, str) else None
    if not known:  # a wallet or the like
        return Card(seen.id, seen.type, "", customer=owner)
    expires = (known.exp_month, known.exp_year)
    return Card(seen.id, known.brand, known.last4, *expires, getattr(known, "fingerprint", None), owner)


def decline(error: Any) -> tuple[str, str | None, Advice]:
    """A card error: its code, the id of the intent, and what came with it."""
    about = error.error
    intent_seen, method = getattr(about, "payment_intent", None), getattr(about, "payment_method", None)
    kept = getattr(method, "card", None)
    advice = Advice(
        code=getattr(about, "advice_code", None),
        network=getattr(about, "network_advice_code", None),
        network_decline=getattr(about, "network_decline_code", None),
        brand=getattr(kept, "brand", None),
    )
    code = str(getattr(about, "decline_code", None) or error.code or "card_declined")
    return code, intent_seen.id if intent_seen else None, advice


def _id(about: Any) -> str | None:
    return about if isinstance(about, str) else None


def _money(amount: int, currency: str) -> Money:
    return Money(amount, currency.upper())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""Writing what Stripe is asked, from our own words. Neutral titles only: nothing about health."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.payments.gateway.contract import Bill

WHOLE_INTENT = ["payment_method"]
A_PAGE = 100
"""As many as Stripe gives at once."""


def new_page(bill: Bill, *, save_card: bool, expires_at: datetime, success_url: str, cancel_url: str) -> dict[str, Any]:
    """A Checkout Session that takes cards and wallets; with `save_card` the card is kept for later charges."""
    intent: dict[str, Any] = {"metadata": dict(bill.metadata)}
    if save_card:
        intent["setup_future_usage"] = "off_session"
    return {
        "mode": "payment",
        "client_reference_id": bill.number,
        "line_items": _line_items(bill),
        "payment_intent_data": intent,
        **_hosted(bill.customer, bill.metadata, expires_at, success_url, cancel_url),
    }


def new_setup_page(
    customer: str, mark: str, *, expires_at: datetime, success_url: str, cancel_url: str
) -> dict[str, Any]:
    """A Checkout Session on which a card is kept for later charges, and nothing paid."""
    about = {"setup": mark}
    return {
        "mode": "setup",
        "setup_intent_data": {"metadata": about},
        **_hosted(customer, about, expires_at, success_url, cancel_url),
    }


def new_intent(bill: Bill, card: str) -> dict[str, Any]:
    """An unconfirmed PaymentIntent on a saved card."""
    return {
        "amount": bill.total.amount,
        "currency": bill.total.currency.lower(),
        "customer": bill.customer,
        "payment_method": card,
        "payment_method_types": ["card"],
        "metadata": dict(bill.metadata),
        "expand": WHOLE_INTENT,
    }


def a_page(since: datetime, until: datetime, after: str | None) -> dict[str, Any]:
    """A page of what was made in a span of time, both ends in it: the first, or the one after the object `after`."""
    made = {"created": {"gte": int(since.timestamp()), "lte": int(until.timestamp())}, "limit": A_PAGE}
    return made | ({"starting_after": after} if after else {})


def _hosted(
    customer: str, metadata: Mapping[str, str], expires_at: datetime, success_url: str, cancel_url: str
) -> dict[str, Any]:
    return {
        "customer": customer,
        "metadata": dict(metadata),
        "payment_method_types": ["card"],
        "expires_at": int(expires_at.timestamp()),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }


def _line_items(bill: Bill) -> list[dict[str, Any]]:
    currency = bill.total.currency.lower()
    return [
        {
            "quantity": line.quantity,
            "price_data": {"currency": currency, "unit_amount": line.unit, "product_data": {"name": line.title}},
        }
        for line in bill.lines
    ]

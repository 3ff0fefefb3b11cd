"""A new PaymentIntent."""

from __future__ import annotations

from typing import Any

from shop.sandbox.errors import BadParameter
from shop.sandbox.events.record import emit
from shop.sandbox.payments.amounts import check_amount, check_currency
from shop.sandbox.store.documents import HIDDEN, Document, Unit
from shop.sandbox.store.identifiers import client_secret, new_id
from shop.sandbox.wire.calls import copy_given, merge_metadata

GIVEN = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
"""The parameters that are taken over as they are."""


def new_intent(unit: Unit, params: dict[str, Any]) -> Document:
    """Keep an intent made of these parameters, and tell of it; the customer and the card have been looked up."""
    refuse_manual_capture(params)
    currency = check_currency(params["currency"])
    intent = _blank(unit) | {
        "amount": check_amount(params["amount"], currency),
        "currency": currency,
        "customer": params.get("customer"),
        "payment_method": params.get("payment_method"),
    }
    _choose_types(intent, params)
    copy_given(intent, params, *GIVEN)
    merge_metadata(intent, params)
    if intent["payment_method"]:
        intent["status"] = "requires_confirmation"
    unit.put(intent)
    emit(unit, "payment_intent.created", intent)
    return intent


def refuse_manual_capture(params: dict[str, Any]) -> None:
    """The sandbox takes money at once or not at all."""
    if params.get("capture_method") == "manual":
        raise BadParameter("The sandbox does not play manual capture.", param="capture_method")


def _choose_types(intent: Document, params: dict[str, Any]) -> None:
    """Cards only, if said so; else "automatic payment methods", which may send the customer elsewhere."""
    automatic = params.get("automatic_payment_methods", {})
    types = params.get("payment_method_types")
    if types and automatic.get("enabled"):
        message = "You may only specify one of these parameters: automatic_payment_methods, payment_method_types."
        raise BadParameter(message, code="parameter_invalid", param="payment_method_types")
    if types is None:
        intent["automatic_payment_methods"] = {
            "allow_redirects": automatic.get("allow_redirects", "always"),
            "enabled": True,
        }
    intent["payment_method_types"] = types or ["card", "link"]


def _blank(unit: Unit) -> Document:
    identifier = new_id("pi")
    return {
        "id": identifier,
        "object": "payment_intent",
        "amount": 0,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": client_secret(identifier),
        "confirmation_method": "automatic",
        "created": unit.now,
        "currency": None,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        HIDDEN: {},
    }

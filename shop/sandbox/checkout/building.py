"""A new Checkout Session, as Stripe shows it."""

from __future__ import annotations

from typing import Any

from shop.sandbox.checkout.asking import check_asked, read_expiry, setup_currency
from shop.sandbox.checkout.lines import build_lines
from shop.sandbox.payments.amounts import check_amount
from shop.sandbox.store.documents import HIDDEN, Document, Unit
from shop.sandbox.store.identifiers import new_session_id
from shop.sandbox.wire.calls import merge_metadata


def new_session(unit: Unit, params: dict[str, Any], base_url: str) -> Document:
    """The session that these parameters describe, not yet kept; BadParameter for what cannot be."""
    check_asked(unit, params)
    lines = build_lines(unit, params["line_items"]) if params["mode"] == "payment" else []
    total = sum(line["amount_total"] for line in lines)
    currency = lines[0]["currency"] if lines else setup_currency(params)
    if lines:
        check_amount(total, currency or "", "line_items")
    session = _blank(unit, params) | {"amount_subtotal": total, "amount_total": total, "currency": currency}
    if not lines:
        session |= {"amount_subtotal": None, "amount_total": None, "total_details": None}
        session["payment_status"] = "no_payment_required"
    session["url"] = f"{base_url}/c/pay/{session['id']}"
    session["success_url"] = params["success_url"]
    session[HIDDEN]["line_items"] = lines
    merge_metadata(session, params)
    return session


def _details(unit: Unit, params: dict[str, Any]) -> Document | None:
    """What is known of the customer before they have come."""
    if "customer" in params:
        customer = unit.get("customer", params["customer"]) or {}
        return customer_details(customer.get("email"), customer.get("name"))
    return customer_details(params["customer_email"]) if "customer_email" in params else None


def customer_details(email: str | None, name: str | None = None, address: Document | None = None) -> Document:
    """A session's `customer_details`."""
    return {
        "address": address,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def _blank(unit: Unit, params: dict[str, Any]) -> Document:
    payment = params["mode"] == "payment"
    guest = "customer" not in params and payment
    return {
        "id": new_session_id(),
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
        "consent": None,
        "consent_collection": None,
        "created": unit.now,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": _texts(params),
        "customer": params.get("customer"),
        "customer_account": None,
        "customer_creation": params.get("customer_creation", "if_required") if guest else None,
        "customer_details": _details(unit, params),
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "expires_at": read_expiry(unit, params),
        "integration_identifier": params.get("integration_identifier"),
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": {},
        "mode": params["mode"],
        "origin_context": params.get("origin_context"),
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required" if payment else "always",
        "payment_method_configuration_details": None,
        "payment_method_options": params.get("payment_method_options", {}),
        "payment_method_types": params.get("payment_method_types", ["card"]),
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "wallet_options": None,
        HIDDEN: {
            "payment_intent_data": params.get("payment_intent_data", {}),
            "setup_intent_data": params.get("setup_intent_data", {}),
        },
    }


def _texts(params: dict[str, Any]) -> Document:
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    given = params.get("custom_text", {})
    return {place: given.get(place) or None for place in places}

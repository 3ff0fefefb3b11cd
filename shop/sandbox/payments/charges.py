"""Charges: one for every try that reached the bank, whether it took money or not."""

from __future__ import annotations

from typing import Any

from shop.sandbox.cards import Decline
from shop.sandbox.events.record import differences, emit
from shop.sandbox.payments.disputes import open_dispute
from shop.sandbox.people.methods import played_card
from shop.sandbox.store.documents import Document, Unit
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.calls import Call, answer_list, copy_given, merge_metadata

_COPIED = ("description", "receipt_email", "shipping", "statement_descriptor", "statement_descriptor_suffix")


def charge_failed(unit: Unit, intent: Document, method: Document, decline: Decline) -> Document:
    """Keep the charge the bank refused, and tell of it."""
    charge = _charge(unit, intent, method) | {
        "amount_captured": 0,
        "balance_transaction": None,
        "captured": False,
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": _refused(decline),
        "paid": False,
        "receipt_url": None,
        "status": "failed",
    }
    unit.put(charge)
    emit(unit, "charge.failed", charge)
    return charge


def charge_succeeded(unit: Unit, intent: Document, method: Document, *, authenticated: bool) -> Document:
    """Keep the charge that took the money, and tell of it; one card disputes it at once."""
    charge = _charge(unit, intent, method)
    if authenticated:
        charge["payment_method_details"]["card"]["three_d_secure"] = _authentication()
    unit.put(charge)
    emit(unit, "charge.succeeded", charge)
    return open_dispute(unit, charge) if played_card(method).disputed else charge


def _charge(unit: Unit, intent: Document, method: Document) -> Document:
    identifier = new_id("ch")
    return {
        "id": identifier,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": new_id("txn"),
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": intent["statement_descriptor"] or "SANDBOX",
        "captured": True,
        "created": unit.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": _approved(),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"type": "card", "card": _card_details(intent, method)},
        "radar_options": {},
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/{identifier}",
        "refunded": False,
        "review": None,
        "source_transfer": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
        **{name: intent[name] for name in _COPIED},
    }


def _card_details(intent: Document, method: Document) -> Document:
    card = method["card"]
    same = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    return {
        **{name: card[name] for name in same},
        "amount_authorized": intent["amount"],
        "authorization_code": None,
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "regulated_status": card["regulated_status"],
        "three_d_secure": None,
    }


def _authentication() -> Document:
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": None,
        "version": "2.2.0",
    }


def _outcome(network: str, kind: str, level: str, score: int, message: str) -> dict[str, Any]:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": None,
        "risk_level": level,
        "risk_score": score,
        "seller_message": message,
        "type": kind,
    }


def _approved() -> dict[str, Any]:
    outcome = _outcome("approved_by_network", "authorized", "normal", 20, "Payment complete.")
    del outcome["advice_code"]
    return outcome


def _refused(decline: Decline) -> dict[str, Any]:
    reason = decline.decline_code or decline.code
    if reason == "fraudulent":
        outcome = _outcome("not_sent_to_network", "blocked", "highest", 90, "Stripe blocked this payment as too risky.")
        return outcome | {"advice_code": "do_not_try_again", "reason": "highest_risk_level"}
    message = "The bank did not return any further details with this decline."
    outcome = _outcome("declined_by_network", "issuer_declined", "normal", 20, message)
    return outcome | advice_members(decline) | {"reason": reason}


def advice_members(decline: Decline) -> dict[str, Any]:
    """What the bank and the network advise, as the members of an outcome and of an error alike."""
    return {
        "advice_code": decline.advice,
        "network_advice_code": decline.network_advice,
        "network_decline_code": decline.network,
    }


def retrieve(call: Call) -> Document:
    """`GET /v1/charges/{charge}`."""
    return call.find("charge", "charge")


def list_charges(call: Call) -> Document:
    """`GET /v1/charges`, failed ones too."""
    return answer_list(call, "charge", "customer", "payment_intent")


def update(call: Call) -> Document:
    """`POST /v1/charges/{charge}`: metadata, description, receipt address."""
    charge = call.find("charge", "charge")
    before = dict(charge)
    copy_given(charge, call.params, "description", "receipt_email", "shipping")
    merge_metadata(charge, call.params)
    emit(call.unit, "charge.updated", charge, differences(before, charge))
    return call.unit.put(charge)

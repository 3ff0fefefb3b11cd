"""Early fraud warnings: a bank tells that a payment may be fraud, before anybody disputes it."""

from __future__ import annotations

from shop.sandbox.events.record import emit
from shop.sandbox.store.documents import Document, Unit
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.calls import Call, answer_list


def warn(unit: Unit, charge: Document) -> Document:
    """Keep a warning about a charge, and tell of it (https://docs.stripe.com/api/radar/early_fraud_warnings)."""
    warning: Document = {
        "id": new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": not charge["disputed"] and not charge["refunded"],
        "charge": charge["id"],
        "created": unit.now,
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    unit.put(warning)
    emit(unit, "radar.early_fraud_warning.created", warning)
    return warning


def retrieve(call: Call) -> Document:
    """`GET /v1/radar/early_fraud_warnings/{early_fraud_warning}`."""
    return call.find("radar.early_fraud_warning", "early_fraud_warning")


def list_warnings(call: Call) -> Document:
    """`GET /v1/radar/early_fraud_warnings`."""
    return answer_list(call, "radar.early_fraud_warning", "charge", "payment_intent")

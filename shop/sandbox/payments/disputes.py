"""Disputes: a customer's bank takes a payment back while it is looked into."""

from __future__ import annotations

from shop.sandbox.errors import WrongState
from shop.sandbox.events.record import differences, emit
from shop.sandbox.store.documents import Document, Unit
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.calls import Call, answer_list

DAYS_TO_ANSWER = 9
_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal"
    " customer_communication customer_email_address customer_name customer_purchase_ip customer_signature"
    " duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt"
    " refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation"
    " shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number"
    " uncategorized_file uncategorized_text"
)


def open_dispute(unit: Unit, charge: Document) -> Document:
    """Dispute the whole of a charge as fraudulent; gives the charge as it is then."""
    charge["disputed"] = True
    unit.put(charge)
    dispute = unit.put(_dispute(unit, charge))
    emit(unit, "charge.dispute.created", dispute)
    emit(unit, "charge.dispute.funds_withdrawn", dispute)
    return charge


def _dispute(unit: Unit, charge: Document) -> Document:
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": unit.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": unit.now + DAYS_TO_ANSWER * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }


def settle_dispute(unit: Unit, dispute: Document, status: str) -> Document:
    """End a dispute as `won` or `lost`; one that has ended stays as it is (WrongState)."""
    if dispute["status"] in ("won", "lost"):
        raise WrongState(f"This dispute is already closed with status {dispute['status']}.")
    before = dict(dispute)
    dispute["status"] = status
    unit.put(dispute)
    emit(unit, "charge.dispute.closed", dispute, differences(before, dispute))
    if status == "won":
        emit(unit, "charge.dispute.funds_reinstated", dispute)
    return dispute


def is_disputed(unit: Unit, charge: Document) -> bool:
    """Whether a dispute forbids refunding: it is open, or was lost."""
    return any(dispute["status"] != "won" for dispute in unit.all("dispute", charge=charge["id"]))


def retrieve(call: Call) -> Document:
    """`GET /v1/disputes/{dispute}`."""
    return call.find("dispute", "dispute")


def list_disputes(call: Call) -> Document:
    """`GET /v1/disputes`."""
    return answer_list(call, "dispute", "charge", "payment_intent")


def close(call: Call) -> Document:
    """`POST /v1/disputes/{dispute}/close`: give in."""
    return settle_dispute(call.unit, call.find("dispute", "dispute"), "lost")

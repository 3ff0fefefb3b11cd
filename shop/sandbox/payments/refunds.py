"""Refunds, whole and partial."""

from __future__ import annotations

from shop.sandbox.errors import BadParameter, WrongState
from shop.sandbox.events.record import differences, emit
from shop.sandbox.payments.amounts import format_amount
from shop.sandbox.payments.disputes import is_disputed
from shop.sandbox.store.documents import Document
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.calls import Call, answer_list, merge_metadata, refer


def create(call: Call) -> Document:
    """`POST /v1/refunds` of a charge or a PaymentIntent; never more than is left, never while disputed."""
    charge = _charge(call)
    if not charge["paid"]:
        raise WrongState(f"Charge {charge['id']} took no money; there is nothing to refund.")
    if charge["refunded"]:
        message = f"Charge {charge['id']} has already been refunded."
        raise WrongState(message, code="charge_already_refunded")
    if is_disputed(call.unit, charge):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise WrongState(message, code="charge_disputed")
    refund = _refund(call, charge, _amount(call, charge))
    return _book(call, refund, charge)


def _charge(call: Call) -> Document:
    """The charge to refund; a PaymentIntent stands for the charge that took its money."""
    params = call.params
    if "charge" in params:
        charge = refer(call.unit, "charge", params["charge"], "charge")
        if params.get("payment_intent") not in (None, charge["payment_intent"]):
            raise BadParameter("The charge does not belong to the PaymentIntent.", param="payment_intent")
        return charge
    if "payment_intent" not in params:
        raise BadParameter("One of the following params should be provided for this request: payment_intent or charge.")
    intent = refer(call.unit, "payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise WrongState(message, param="payment_intent")
    return refer(call.unit, "charge", intent["latest_charge"], "charge")


def _amount(call: Call, charge: Document) -> int:
    left = int(charge["amount"] - charge["amount_refunded"])
    amount = int(call.params.get("amount", left))
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise BadParameter(message, code="parameter_invalid_integer", param="amount")
    if amount > left:
        wanted, remaining = (format_amount(each, charge["currency"]) for each in (amount, left))
        message = f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({remaining})"
        raise WrongState(message, code="amount_too_large", param="amount")
    return amount


def _refund(call: Call, charge: Document, amount: int) -> Document:
    refund: Document = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": charge["id"],
        "created": call.unit.now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": call.params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    merge_metadata(refund, call.params)
    return refund


def _book(call: Call, refund: Document, charge: Document) -> Document:
    before = dict(charge)
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.unit.put(refund)
    call.unit.put(charge)
    emit(call.unit, "refund.created", refund)
    emit(call.unit, "charge.refunded", charge, differences(before, charge))
    return refund


def retrieve(call: Call) -> Document:
    """`GET /v1/refunds/{refund}`."""
    return call.find("refund", "refund")


def update(call: Call) -> Document:
    """`POST /v1/refunds/{refund}`: metadata only."""
    refund = call.find("refund", "refund")
    before = dict(refund)
    merge_metadata(refund, call.params)
    call.unit.put(refund)
    emit(call.unit, "refund.updated", refund, differences(before, refund))
    return refund


def list_refunds(call: Call) -> Document:
    """`GET /v1/refunds`."""
    return answer_list(call, "refund", "charge", "payment_intent")

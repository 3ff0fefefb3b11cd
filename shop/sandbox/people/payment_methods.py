"""The calls about payment methods."""

from __future__ import annotations

from shop.sandbox.cards import card_named
from shop.sandbox.errors import BadParameter
from shop.sandbox.events.record import differences, emit
from shop.sandbox.people.methods import attach_to, check_customer, leave_customer, method_from, new_method
from shop.sandbox.store.documents import HIDDEN, Document
from shop.sandbox.wire.calls import Call, answer_list, merge_metadata


def create(call: Call) -> Document:
    """`POST /v1/payment_methods` with a test card's number, or a `tok_…` of the same name."""
    return method_from(call.unit, call.params)


def retrieve(call: Call) -> Document:
    """`GET /v1/payment_methods/{payment_method}`."""
    return call.find("payment_method", "payment_method")


def update(call: Call) -> Document:
    """`POST /v1/payment_methods/{payment_method}`; only an attached one can be changed."""
    method = call.find("payment_method", "payment_method")
    if method["customer"] is None:
        raise BadParameter("You must save this PaymentMethod to a customer before you can update it.")
    before = {**method, "card": dict(method["card"])}
    method["billing_details"] |= call.params.get("billing_details", {})
    card = call.params.get("card", {})
    method["card"] |= {name: card[name] for name in ("exp_month", "exp_year") if name in card}
    method["allow_redisplay"] = call.params.get("allow_redisplay", method["allow_redisplay"])
    merge_metadata(method, call.params)
    emit(call.unit, "payment_method.updated", method, differences(before, method))
    return call.unit.put(method)


def attach(call: Call) -> Document:
    """`POST /v1/payment_methods/{payment_method}/attach`; `pm_card_…` makes a new one first."""
    customer = call.params.get("customer")
    if customer is None:
        raise BadParameter("Missing required param: customer.", code="parameter_missing", param="customer")
    check_customer(call.unit, customer)
    named = card_named(call.ids["payment_method"])
    method = new_method(call.unit, named) if named else call.find("payment_method", "payment_method")
    if method[HIDDEN].get("spent"):
        message = "This PaymentMethod was previously used without being attached to a Customer or was detached from a"
        message += " Customer, and may not be used again."
        raise BadParameter(message, param="payment_method")
    return attach_to(call.unit, method["id"], customer)


def detach(call: Call) -> Document:
    """`POST /v1/payment_methods/{payment_method}/detach`."""
    return leave_customer(call.unit, call.find("payment_method", "payment_method"))


def list_methods(call: Call) -> Document:
    """`GET /v1/payment_methods`; those attached to `customer`."""
    return answer_list(call, "payment_method", "customer", "type")

"""Customers."""

from __future__ import annotations

from typing import Any

from shop.sandbox.errors import missing
from shop.sandbox.events.record import differences, emit
from shop.sandbox.people.methods import attach_to, leave_customer
from shop.sandbox.store.documents import Document, Unit
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.calls import Call, answer_list, copy_given, merge_metadata, refer

_PLAIN = ("address", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt", "description")


def new_customer(unit: Unit, params: dict[str, Any]) -> Document:
    """Keep a customer made of these parameters, and tell of it."""
    identifier = new_id("cus")
    customer: Document = {
        "id": identifier,
        "object": "customer",
        "address": None,
        "balance": params.get("balance", 0),
        "created": unit.now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": params.get("invoice_prefix", identifier[-8:].upper()),
        "invoice_settings": _invoice_settings(),
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": params.get("next_invoice_sequence", 1),
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    _take(customer, params)
    unit.put(customer)
    emit(unit, "customer.created", customer)
    return customer


def _invoice_settings() -> Document:
    return {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}


def _take(customer: Document, params: dict[str, Any]) -> None:
    copy_given(customer, params, *_PLAIN)
    customer["invoice_settings"] |= params.get("invoice_settings", {})
    merge_metadata(customer, params)


def create(call: Call) -> Document:
    """`POST /v1/customers`; a `payment_method` given is attached."""
    customer = new_customer(call.unit, call.params)
    if "payment_method" in call.params:
        attach_to(call.unit, call.params["payment_method"], customer["id"])
    return customer


def retrieve(call: Call) -> Document:
    """`GET /v1/customers/{customer}`; a deleted one is three members and no more."""
    return call.find("customer", "customer")


def update(call: Call) -> Document:
    """`POST /v1/customers/{customer}`."""
    customer = _alive(call)
    before = dict(customer) | {"invoice_settings": dict(customer["invoice_settings"])}
    default = call.params.get("invoice_settings", {}).get("default_payment_method")
    if default:
        refer(call.unit, "payment_method", default, "invoice_settings[default_payment_method]")
    _take(customer, call.params)
    call.unit.put(customer)
    emit(call.unit, "customer.updated", customer, differences(before, customer))
    return customer


def delete(call: Call) -> Document:
    """`DELETE /v1/customers/{customer}`; its cards are detached."""
    customer = _alive(call)
    for method in call.unit.all("payment_method", customer=customer["id"]):
        leave_customer(call.unit, method)
    emit(call.unit, "customer.deleted", customer)
    return call.unit.put({**customer, "deleted": True})


def list_customers(call: Call) -> Document:
    """`GET /v1/customers`; deleted ones are left out, `email` is matched exactly."""
    listed = answer_list(call, "customer")
    return {**listed, "data": [customer for customer in listed["data"] if not customer.get("deleted")]}


def list_methods(call: Call) -> Document:
    """`GET /v1/customers/{customer}/payment_methods`."""
    customer = _alive(call)
    return answer_list(call, "payment_method", "type", customer=customer["id"])


def _alive(call: Call) -> Document:
    customer = call.find("customer", "customer")
    if customer.get("deleted"):
        raise missing("customer", customer["id"], "customer", in_address=True)
    return customer

"""Stripe's calls that the sandbox serves: their names, methods, addresses, and what they answer with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """One call; `answers` is the kind of object it gives, `listed` whether it gives a list of them."""

    name: str
    method: str
    path: str
    answers: str
    listed: bool = False

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")


def _new(resource: str, kind: str, path: str) -> Operation:
    return Operation(f"{resource}.create", "POST", path, kind)


def _list(resource: str, kind: str, path: str) -> Operation:
    return Operation(f"{resource}.list", "GET", path, kind, listed=True)


def _get(resource: str, kind: str, path: str) -> Operation:
    return Operation(f"{resource}.retrieve", "GET", path, kind)


def _do(resource: str, act: str, kind: str, path: str) -> Operation:
    return Operation(f"{resource}.{act}", "POST", path, kind)


_CUSTOMER = "/v1/customers/{customer}"
_METHOD = "/v1/payment_methods/{payment_method}"
_SESSION = "/v1/checkout/sessions/{session}"
_INTENT = "/v1/payment_intents/{intent}"
_SETUP = "/v1/setup_intents/{intent}"
_WARNINGS = "/v1/radar/early_fraud_warnings"

OPERATIONS: tuple[Operation, ...] = (
    Operation("account.retrieve", "GET", "/v1/account", "account"),
    _list("customers", "customer", "/v1/customers"),
    _new("customers", "customer", "/v1/customers"),
    _get("customers", "customer", _CUSTOMER),
    _do("customers", "update", "customer", _CUSTOMER),
    Operation("customers.delete", "DELETE", _CUSTOMER, "customer"),
    _list("customers.payment_methods", "payment_method", f"{_CUSTOMER}/payment_methods"),
    _list("payment_methods", "payment_method", "/v1/payment_methods"),
    _new("payment_methods", "payment_method", "/v1/payment_methods"),
    _get("payment_methods", "payment_method", _METHOD),
    _do("payment_methods", "update", "payment_method", _METHOD),
    _do("payment_methods", "attach", "payment_method", f"{_METHOD}/attach"),
    _do("payment_methods", "detach", "payment_method", f"{_METHOD}/detach"),
    _list("checkout.sessions", "checkout.session", "/v1/checkout/sessions"),
    _new("checkout.sessions", "checkout.session", "/v1/checkout/sessions"),
    _get("checkout.sessions", "checkout.session", _SESSION),
    _do("checkout.sessions", "update", "checkout.session", _SESSION),
    _do("checkout.sessions", "expire", "checkout.session", f"{_SESSION}/expire"),
    _list("checkout.sessions.line_items", "item", f"{_SESSION}/line_items"),
    _list("payment_intents", "payment_intent", "/v1/payment_intents"),
    _new("payment_intents", "payment_intent", "/v1/payment_intents"),
    _get("payment_intents", "payment_intent", _INTENT),
    _do("payment_intents", "update", "payment_intent", _INTENT),
    _do("payment_intents", "confirm", "payment_intent", f"{_INTENT}/confirm"),
    _do("payment_intents", "cancel", "payment_intent", f"{_INTENT}/cancel"),
    _list("setup_intents", "setup_intent", "/v1/setup_intents"),
    _new("setup_intents", "setup_intent", "/v1/setup_intents"),
    _get("setup_intents", "setup_intent", _SETUP),
    _do("setup_intents", "update", "setup_intent", _SETUP),
    _do("setup_intents", "confirm", "setup_intent", f"{_SETUP}/confirm"),
    _do("setup_intents", "cancel", "setup_intent", f"{_SETUP}/cancel"),
    _list("refunds", "refund", "/v1/refunds"),
    _new("refunds", "refund", "/v1/refunds"),
    _get("refunds", "refund", "/v1/refunds/{refund}"),
    _do("refunds", "update", "refund", "/v1/refunds/{refund}"),
    _list("charges", "charge", "/v1/charges"),
    _get("charges", "charge", "/v1/charges/{charge}"),
    _do("charges", "update", "charge", "/v1/charges/{charge}"),
    _list("events", "event", "/v1/events"),
    _get("events", "event", "/v1/events/{id}"),
    _list("disputes", "dispute", "/v1/disputes"),
    _get("disputes", "dispute", "/v1/disputes/{dispute}"),
    _do("disputes", "close", "dispute", "/v1/disputes/{dispute}/close"),
    _list("radar.early_fraud_warnings", "radar.early_fraud_warning", _WARNINGS),
    _get("radar.early_fraud_warnings", "radar.early_fraud_warning", f"{_WARNINGS}/{{early_fraud_warning}}"),
    _list("webhook_endpoints", "webhook_endpoint", "/v1/webhook_endpoints"),
    _new("webhook_endpoints", "webhook_endpoint", "/v1/webhook_endpoints"),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}

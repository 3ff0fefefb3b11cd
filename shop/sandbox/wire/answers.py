"""What leaves the sandbox: objects without their hidden part, expanded where asked."""

from __future__ import annotations

from typing import Any

from shop.sandbox.errors import BadParameter
from shop.sandbox.store.documents import HIDDEN, Document, Unit
from shop.sandbox.wire.calls import as_list
from shop.sandbox.wire.operations import Operation

DEEPEST = 4
"""How many levels `expand` may go (https://docs.stripe.com/api/expanding_objects)."""

_OWNER = {"customer": "customer"}
_PAID = {**_OWNER, "payment_intent": "payment_intent"}
EXPANDS: dict[str, dict[str, str]] = {
    "payment_intent": {**_OWNER, "payment_method": "payment_method", "latest_charge": "charge"},
    "setup_intent": {**_OWNER, "payment_method": "payment_method"},
    "checkout.session": {**_PAID, "setup_intent": "setup_intent", "line_items": "item"},
    "charge": {**_PAID, "refunds": "refund"},
    "refund": {**_PAID, "charge": "charge", "payment_method": "payment_method"},
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "radar.early_fraud_warning": {"charge": "charge", "payment_intent": "payment_intent"},
    "payment_method": _OWNER,
    "customer": {"invoice_settings.default_payment_method": "payment_method"},
}
"""For each kind: the fields that hold another object, and its kind."""


def visible(document: Document) -> Document:
    """The object as Stripe would show it."""
    if document.get("deleted"):
        return {name: document[name] for name in ("id", "object", "deleted")}
    if HIDDEN not in document:
        return document
    return {name: value for name, value in document.items() if name != HIDDEN}


def check_expand(operation: Operation, paths: list[str]) -> None:
    """BadParameter for a path that leads nowhere, or too deep."""
    for path in paths:
        if path.count(".") >= DEEPEST + operation.listed:
            raise BadParameter(f"You cannot expand more than {DEEPEST} levels of a property.", param="expand")
        rest = path.removeprefix("data.") if operation.listed else path
        if (operation.listed and rest == path) or not _leads_on(operation.answers, rest):
            raise BadParameter(f"This property cannot be expanded ({path}).", param="expand")


def _leads_on(kind: str, path: str) -> bool:
    step, rest = _step(kind, path)
    if step is None:
        return False
    return not rest or _leads_on(EXPANDS[kind][step], rest.removeprefix("data."))


def _step(kind: str, path: str) -> tuple[str | None, str]:
    """The field a path begins with, and what is left of the path."""
    for name in EXPANDS.get(kind, {}):
        if path == name or path.startswith(f"{name}."):
            return name, path[len(name) + 1 :]
    return None, path


def present(unit: Unit, document: Document, paths: list[str]) -> Document:
    """The answer: visible, and expanded along each path."""
    if document.get("object") == "list":
        inner = [path.removeprefix("data.") for path in paths]
        return {**document, "data": [present(unit, item, inner) for item in document["data"]]}
    shown = visible(document)
    for path in paths:
        shown = _expand(unit, shown, path)
    return shown


def _expand(unit: Unit, document: Document, path: str) -> Document:
    step, rest = _step(document["object"], path)
    if step is None:
        return document
    outer, _, inner = step.partition(".")
    if inner:
        return {**document, outer: {**document[outer], inner: _fetch(unit, document, outer, inner, rest)}}
    return {**document, step: _fetch_included(unit, document, step, rest)}


def _fetch(unit: Unit, document: Document, outer: str, inner: str, rest: str) -> Any:
    kind = EXPANDS[document["object"]][f"{outer}.{inner}"]
    return _resolve(unit, kind, document[outer][inner], rest)


def _fetch_included(unit: Unit, document: Document, step: str, rest: str) -> Any:
    kind = EXPANDS[document["object"]][step]
    if step == "line_items":
        stored = unit.get("checkout.session", document["id"]) or {}
        return as_list(stored[HIDDEN]["line_items"], f"/v1/checkout/sessions/{document['id']}/line_items")
    if step == "refunds":
        found = unit.all("refund", charge=document["id"])
        return present(unit, as_list(found, f"/v1/charges/{document['id']}/refunds"), [rest] if rest else [])
    return _resolve(unit, kind, document[step], rest)


def _resolve(unit: Unit, kind: str, value: Any, rest: str) -> Any:
    """The object behind an id, expanded along the rest; what is already an object, or nothing, stays."""
    if isinstance(value, str):
        value = unit.get(kind, value) or value
    if not isinstance(value, dict):
        return value
    return present(unit, value, [rest] if rest else [])

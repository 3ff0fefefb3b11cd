"""Writes down what happened, and for whom it is to be delivered."""

from __future__ import annotations

import time
from typing import Any

from shop.sandbox.store.documents import Document, Unit
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.answers import visible

API_VERSION = "2026-08-26.dahlia"
"""The version of Stripe's API that the answers are shaped by."""
CONFIGURED = "configured"
"""The name of the endpoint given when the sandbox was started; its address may change between starts."""


def emit(unit: Unit, happening: str, document: Document, previous: dict[str, Any] | None = None) -> Document:
    """Record an event of type `happening` about `document`, in the transaction that caused it."""
    data: dict[str, Any] = {"object": visible(document)}
    if previous is not None:
        data["previous_attributes"] = previous
    endpoints = [CONFIGURED, *_subscribed(unit, happening)]
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": unit.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": unit.request, "idempotency_key": unit.key},
        "type": happening,
    }
    unit.connection.executemany(
        "INSERT INTO deliveries (event, endpoint, due) VALUES (?, ?, ?)",
        [(event["id"], endpoint, time.time()) for endpoint in endpoints],
    )
    return unit.put(event)


def _subscribed(unit: Unit, happening: str) -> list[str]:
    wanted = ("*", happening)
    endpoints = unit.all("webhook_endpoint")
    return [each["id"] for each in endpoints if any(name in wanted for name in each["enabled_events"])]


def differences(before: Document, after: Document) -> dict[str, Any]:
    """What the members that changed were before: an event's `previous_attributes`."""
    return {name: before.get(name) for name in after if name != "_" and before.get(name) != after[name]}

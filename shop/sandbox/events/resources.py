"""The calls about events and webhook endpoints."""

from __future__ import annotations

import secrets

from shop.sandbox.errors import BadParameter
from shop.sandbox.events.record import API_VERSION
from shop.sandbox.store.documents import Document
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.calls import Call, answer_list, cut_page, merge_metadata


def list_events(call: Call) -> Document:
    """`GET /v1/events`; `types` takes several."""
    types = call.params.get("types")
    if not types:
        return answer_list(call, "event", "type")
    return cut_page(call, [event for event in call.unit.all("event") if event["type"] in types])


def retrieve_event(call: Call) -> Document:
    """`GET /v1/events/{id}`."""
    return call.find("event", "id")


def list_endpoints(call: Call) -> Document:
    """`GET /v1/webhook_endpoints`; without their secrets."""
    listed = answer_list(call, "webhook_endpoint")
    return {**listed, "data": [_without_secret(endpoint) for endpoint in listed["data"]]}


def create_endpoint(call: Call) -> Document:
    """`POST /v1/webhook_endpoints`; the answer holds the signing secret, as only this answer does."""
    url = call.params["url"]
    if not url.startswith(("http://", "https://")):
        raise BadParameter("Not a valid URL", code="url_invalid", param="url")
    endpoint: Document = {
        "id": new_id("we"),
        "object": "webhook_endpoint",
        "api_version": call.params.get("api_version", API_VERSION),
        "application": None,
        "created": call.unit.now,
        "description": call.params.get("description"),
        "enabled_events": call.params["enabled_events"],
        "livemode": False,
        "metadata": {},
        "secret": f"whsec_{secrets.token_hex(16)}",
        "status": "enabled",
        "url": url,
    }
    merge_metadata(endpoint, call.params)
    return call.unit.put(endpoint)


def _without_secret(endpoint: Document) -> Document:
    return {name: value for name, value in endpoint.items() if name != "secret"}

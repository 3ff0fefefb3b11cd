"""Turns Stripe's OpenAPI description into the parameter data beside this file.

Run when the description is renewed: `python -m shop.sandbox.wire.derive openapi.json > parameters.json`.

A parameter is written as: a type's name ("string", "integer", "boolean", "number"); a list of allowed words;
`{"each": …}` for an array; `{"map": …}` for free names; `{"fields": {…}, "required": […]}` for a fixed set of
names; `{"any": […]}` for alternatives.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from shop.sandbox.wire.operations import OPERATIONS, Operation

# The description we have was freed of descriptions so thoroughly that parameters of that name went too.
# These are the places where Stripe's reference has one (https://docs.stripe.com/api).
DESCRIPTIONS = {
    "customers.create": ((),),
    "customers.update": ((),),
    "payment_intents.create": ((),),
    "payment_intents.update": ((),),
    "setup_intents.create": ((),),
    "setup_intents.update": ((),),
    "charges.update": ((),),
    "webhook_endpoints.create": ((),),
    "checkout.sessions.create": (
        ("payment_intent_data",),
        ("setup_intent_data",),
        ("line_items", "price_data", "product_data"),
    ),
}

# These calls are not in the description we have at all; this is what Stripe's reference lists for them.
_EXPAND: dict[str, Any] = {"expand": {"each": "string"}}
_SPAN = {"fields": dict.fromkeys(("gt", "gte", "lt", "lte"), "integer"), "required": []}
_PAGING = {**_EXPAND, "limit": "integer", "starting_after": "string", "ending_before": "string"}
_ABOUT = {"charge": "string", "payment_intent": "string", "created": {"any": [_SPAN, "integer"]}}
UNDESCRIBED: dict[str, Any] = {
    "radar.early_fraud_warnings.list": {"fields": _PAGING | _ABOUT, "required": []},
    "radar.early_fraud_warnings.retrieve": {"fields": _EXPAND, "required": []},
}


def derive(description: dict[str, Any]) -> dict[str, Any]:
    """The parameters of every operation the sandbox serves, by the operation's name."""
    return {
        operation.name: UNDESCRIBED.get(operation.name) or _operation(description, operation)
        for operation in OPERATIONS
    }


def _operation(description: dict[str, Any], operation: Operation) -> dict[str, Any]:
    found = description["paths"][operation.path][operation.method.lower()]
    form = found.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    parameters = _object(form.get("schema", {}))
    for entry in found.get("parameters", []):
        if entry["in"] == "query":
            parameters["fields"][entry["name"]] = _shape(entry["schema"])
    for place in DESCRIPTIONS.get(operation.name, ()):
        _fields_at(parameters, place)["description"] = "string"
    return parameters


def _fields_at(shape: Any, place: tuple[str, ...]) -> dict[str, Any]:
    for step in place:
        shape = shape["fields"][step]
        shape = shape.get("each", shape)
    fields: dict[str, Any] = shape["fields"]
    return fields


def _shape(schema: dict[str, Any]) -> Any:
    if "anyOf" in schema:
        return {"any": [_shape(choice) for choice in schema["anyOf"]]}
    if "enum" in schema:
        return schema["enum"]
    if schema["type"] == "array":
        return {"each": _shape(schema["items"])}
    if schema["type"] == "object":
        return _object(schema)
    return schema["type"]


def _object(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("additionalProperties"), dict):
        return {"map": _shape(schema["additionalProperties"])}
    fields = {name: _shape(value) for name, value in schema.get("properties", {}).items()}
    return {"fields": fields, "required": sorted(schema.get("required", []))}


def render(parameters: dict[str, Any]) -> str:
    """JSON with one operation a line."""
    lines = [f"{json.dumps(name)}: {json.dumps(shape, sort_keys=True)}" for name, shape in parameters.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(render(derive(json.loads(Path(sys.argv[1]).read_text()))))

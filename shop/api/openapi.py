"""The OpenAPI 3.1 description, made from the calls and their schemas."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import url_for

from kits.settings import setting
from shop.api.calls import CALLS, Call
from shop.api.schemas.answered import Problem

VERSION = "1.0.0"


def openapi() -> Any:
    """The description of every call."""
    spec = APISpec(
        title=f"{setting('NAME')} API",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        servers=[{"url": url_for(".openapi").removesuffix("/openapi.json")}],
    )
    for call in CALLS:
        spec.path(re.sub(r"<(\w+)>", r"{\1}", call.rule), operations={call.method.lower(): _operation(call)})
    return spec.to_dict()


def _operation(call: Call) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.view.__name__,
        "summary": (call.view.__doc__ or "").strip(),
        "parameters": [_path_parameter(name) for name in re.findall(r"<(\w+)>", call.rule)],
        "responses": {str(status): _problem(status) for status in sorted({*call.problems, 429})},
    }
    if call.query:
        operation["parameters"].append({"in": "query", "schema": call.query})
    if call.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": call.body}}}
    operation["responses"][str(call.status)] = {
        "description": HTTPStatus(call.status).phrase,
        "content": {"application/json": {"schema": call.answer}},
    }
    return operation


def _path_parameter(name: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": Problem}},
    }

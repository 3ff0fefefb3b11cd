"""Stripe's own OpenAPI description, as a check on answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import stripe

from shop.sandbox.wire.operations import OPERATIONS

FILE = Path(__file__).parents[3].parent / "shared" / "stripe" / "openapi.json"
NOT_IN_THE_CUT = {"description"}
"""Members that Stripe has and the description beside us has lost."""


def _plain(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a type, or a choice, that takes null."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(value) for name, value in schema.items() if name != "nullable"}
    if schema.get("nullable") is True:
        if "anyOf" in plain:
            plain["anyOf"] = [*plain["anyOf"], {"type": "null"}]
        elif "type" in plain:
            plain["type"] = [plain["type"], "null"]
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
    return plain


class Contract:
    """Stripe's description; checks answers and remembers which operations it has seen."""

    def __init__(self) -> None:
        description = json.loads(FILE.read_text())
        self.paths = description["paths"]
        self.components = _plain(description["components"])
        self.seen: set[str] = set()
        self.statuses: set[int] = set()

    def check(self, method: str, url: str, status: int, body: Any) -> None:
        """Raises what is wrong with an answer."""
        operation = self._operation(method, urlsplit(url).path)
        responses = self.paths[operation.path][operation.method.lower()]["responses"]
        response = responses["200" if status == 200 else "default"]
        self.validate(response["content"]["application/json"]["schema"], body)
        self.statuses.add(status)
        if status == 200:
            self.seen.add(operation.name)

    def _operation(self, method: str, path: str) -> Any:
        for operation in OPERATIONS:
            pattern = re.sub(r"{\w+}", "[^/]+", operation.path)
            if operation.method == method.upper() and re.fullmatch(pattern, path):
                return operation
        raise AssertionError(f"no operation for {method} {path}")

    def validate(self, schema: Any, body: Any) -> None:
        """The body fits the schema, and no object in it has members Stripe does not know."""
        jsonschema.Draft202012Validator({**_plain(schema), "components": self.components}).validate(body)
        for each in _objects(body):
            known = self.components["schemas"].get(each["object"], {}).get("properties")
            if known:
                assert set(each) - set(known) - NOT_IN_THE_CUT - {"deleted"} == set(), each["object"]


def _objects(body: Any) -> Iterator[Any]:
    """Every Stripe object inside a body."""
    if isinstance(body, list):
        for each in body:
            yield from _objects(each)
    if isinstance(body, dict):
        if isinstance(body.get("object"), str):
            yield body
        for each in body.values():
            yield from _objects(each)


class Checking(stripe.RequestsClient):
    """The SDK's own transport, with a look at each answer."""

    def __init__(self, contract: Contract) -> None:
        super().__init__()
        self.contract = contract

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        content, status, answered = super().request(method, url, headers, post_data, **more)
        assert answered["Request-Id"].startswith("req_")
        self.contract.check(method, url, status, json.loads(content))
        return content, status, answered

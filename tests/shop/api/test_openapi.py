"""The description says what the API does, and holds it to that."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from kits import Kits
from shop import Shop
from tests.servers.client import Visitor
from tests.servers.sandbox import Sandbox


@pytest.fixture
def described(client: Visitor) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json
    return found


def check(described: dict[str, Any], path: str, method: str, status: str, document: Any) -> None:
    """Hold `document` to the description's schema of this answer."""
    content = described["paths"][path][method]["responses"][status]["content"]
    (schema,) = (kind["schema"] for kind in content.values())
    Draft202012Validator({**schema, "components": described["components"]}).validate(document)


def test_it_describes_every_call_in_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["servers"] == [{"url": "/api/v1"}]
    assert {(path, method) for path, item in described["paths"].items() for method in item} == {
        ("/kits", "get"),
        ("/kits/{slug}/plan", "get"),
        ("/notice", "get"),
        ("/orders", "post"),
        ("/orders/{token}", "get"),
    }


def test_integers_are_bounded_and_texts_have_a_length(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["Line"]["properties"]["quantity"]["maximum"] == 1_000_000
    assert schemas["OrderRequest"]["properties"]["email"]["maxLength"] == 200
    assert schemas["Line"]["properties"]["refills"]["type"] == "boolean"
    assert schemas["Plan"]["properties"]["start"]["format"] == "date"


def test_every_answer_is_as_described(
    client: Visitor, sandbox: Sandbox, described: dict[str, Any], body: dict[str, Any]
) -> None:
    kit = body["lines"][0]["kit"]
    query = {"sessions": 10, "every_weeks": 4, "start": "2027-01-04"}
    check(described, "/kits", "get", "200", client.get("/api/v1/kits").json)
    check(described, "/kits/{slug}/plan", "get", "200", client.get(f"/api/v1/kits/{kit}/plan", query_string=query).json)
    check(described, "/notice", "get", "200", client.get("/api/v1/notice", query_string={"kit": kit}).json)
    placed = client.post("/api/v1/orders", json=body).json
    check(described, "/orders", "post", "201", placed)
    check(described, "/orders/{token}", "get", "200", client.get(f"/api/v1/orders/{placed['token']}").json)


def test_every_problem_is_as_described(client: Visitor, kit: str, described: dict[str, Any]) -> None:
    check(described, "/orders", "post", "422", client.post("/api/v1/orders", json={}).json)
    check(described, "/orders/{token}", "get", "404", client.get("/api/v1/orders/x").json)


def test_under_a_hosts_prefix_it_says_so(app: Flask) -> None:
    host = Flask("host")
    host.config.update(SECRET_KEY="host", SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"])
    host.extensions["sqlalchemy"] = app.extensions["sqlalchemy"]
    Kits(host)
    Shop(host, url_prefix="/shop")
    host.config["SHOP_RATE_LIMIT_PER_MINUTE"] = None
    with host.test_request_context("/shop/api/v1/openapi.json"):
        from shop.api.openapi import openapi

        assert openapi()["servers"] == [{"url": "/shop/api/v1"}]

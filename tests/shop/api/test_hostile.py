"""What nobody in their right mind sends gets a problem document, never a 500."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers.client import Visitor
from tests.servers.sandbox import Sandbox

JSON = "application/json"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
PATHS = {
    "/api/v1/kits": "GET, HEAD, OPTIONS",
    "/api/v1/kits/x/plan": "GET, HEAD, OPTIONS",
    "/api/v1/notice": "GET, HEAD, OPTIONS",
    "/api/v1/orders": "OPTIONS, POST",
    "/api/v1/orders/x": "GET, HEAD, OPTIONS",
    "/api/v1/openapi.json": "GET, HEAD, OPTIONS",
}


@pytest.mark.parametrize(
    ("sent", "content_type"),
    [
        (b"", JSON),
        (b"", ""),
        (b"{}", "text/plain"),
        (b"email=a", "application/x-www-form-urlencoded"),
        (b"{", JSON),
        (b"null", JSON),
        (b"[]", JSON),
        (b"[{}]", JSON),
        (b'"text"', JSON),
        (b"7", JSON),
        (b"NaN", JSON),
        (b"\xff\xfe", JSON),
        (b"\x00", JSON),
        (b"[" * 60_000, JSON),
        (b'{"email":' * 6000, JSON),
        (b"9" * 20_000, JSON),
        (b'{"email": "\\ud800"}', JSON),
        (b'{"\\ud800": 1}', JSON),
        (b"{}", JSON),
    ],
)
def test_a_body_that_is_no_order_is_refused(client: Visitor, kit: str, sent: bytes, content_type: str) -> None:
    answer = client.post("/api/v1/orders", data=sent, content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"]
    assert {"type", "title", "status", "detail"} <= set(answer.json)


def test_a_body_without_end_is_refused_unread(client: Visitor, kit: str) -> None:
    answer = client.post("/api/v1/orders", data=json.dumps({"name": "x" * 100_000}), content_type=JSON)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_a_wrong_method_is_told_which_are_right(client: Visitor, path: str, method: str) -> None:
    if method in PATHS[path]:
        return
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, PATHS[path])
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", PATHS)
def test_options_says_which_methods_there_are(client: Visitor, path: str) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.headers["Allow"], answer.data) == (204, PATHS[path], b"")


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/kits/", "/kits/x", "/orders/", "/orders/x/y", "/%00", "/../x"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_a_problem_document_too(client: Visitor, path: str, method: str) -> None:
    answer = client.open(f"/api/v1{path}", method=method, follow_redirects=True)
    assert answer.status_code == 404
    if path not in ("", "/../x"):
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "a" * 5000, "%ED%A0%80", "'--", "1 OR 1=1"])
def test_no_order_is_found_by_guessing(client: Visitor, kit: str, token: str) -> None:
    assert client.get(f"/api/v1/orders/{token}").status_code == 404


def test_no_cookie_is_set_and_nothing_is_kept(client: Visitor, kit: str) -> None:
    answer = client.get("/api/v1/kits")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def places(document: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in `document`, itself included."""
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [at, *(way for key, value in inner for way in places(value, (*at, key)))]


def replaced(document: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = value
    return changed


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_an_order_it_is_answered_without_a_fault(
    client: Visitor, sandbox: Sandbox, body: dict[str, Any], engine_name: str, data: st.DataObject
) -> None:
    way = data.draw(st.sampled_from(places(body)))
    sent = json.dumps(replaced(body, way, data.draw(ANYTHING)))
    answer = client.post("/api/v1/orders", data=sent, content_type=JSON)
    assert answer.status_code in {201, 404, 409, 422}, answer.text


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.fixed_dictionaries({name: st.text() for name in ("sessions", "every_weeks", "start", "kit")}))
def test_whatever_a_query_says_it_is_answered_without_a_fault(
    client: Visitor, kit: str, engine_name: str, query: dict[str, str]
) -> None:
    assert client.get(f"/api/v1/kits/{kit}/plan", query_string=query).status_code == 422
    assert client.get("/api/v1/notice", query_string=query).status_code in {404, 422}


def test_a_fault_of_ours_is_a_problem_document_without_its_cause(app: Flask, client: Visitor, kit: str) -> None:
    app.config |= {"PROPAGATE_EXCEPTIONS": False, "SHOP_TIMEZONE": "Nowhere"}
    answer = client.get("/api/v1/notice", query_string={"kit": kit})
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "Nowhere" not in answer.text

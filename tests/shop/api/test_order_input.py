"""Bad input to an order is refused at its field."""

from __future__ import annotations

from typing import Any

import pytest

from kits.stock.tables import Reservation
from shop.orders.tables import Order
from tests.servers.client import Visitor
from tests.servers.sandbox import Sandbox
from tests.shop.api.conftest import ORDERS, Body, count


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["email"], "nobody", "email"),
        (["email"], "a@b.c\nBcc: x@y.z", "email"),
        (["email"], 7, "email"),
        (["email"], None, "email"),
        (["name"], "", "name"),
        (["name"], "   ", "name"),
        (["name"], "Ada\x00", "name"),
        (["name"], "\ud800", "name"),
        (["name"], "x" * 121, "name"),
        (["name"], ["Ada"], "name"),
        (["address"], "1 High Street", "address"),
        (["address"], None, "address"),
        (["address", "line1"], "   ", "address.line1"),
        (["address", "postcode"], "N1 1AA N1 1AA", "address.postcode"),
        (["address", "country"], "XX", "address.country"),
        (["address", "country"], "gb ", "address.country"),
        (["lines"], [], "lines"),
        (["lines"], {}, "lines"),
        (["lines"], "all", "lines"),
        (["lines", 0], None, "lines.0"),
        (["lines", 0, "quantity"], 0, "lines.0.quantity"),
        (["lines", 0, "quantity"], 11, "lines.0.quantity"),
        (["lines", 0, "quantity"], True, "lines.0.quantity"),
        (["lines", 0, "quantity"], 1.0, "lines.0.quantity"),
        (["lines", 0, "quantity"], "1", "lines.0.quantity"),
        (["lines", 0, "quantity"], 10**30, "lines.0.quantity"),
        (["lines", 0, "quantity"], float("inf"), "lines.0.quantity"),
        (["lines", 0, "refills"], 1, "lines.0.refills"),
        (["lines", 0, "refills"], "yes", "lines.0.refills"),
        (["lines", 0, "refills"], None, "lines.0.refills"),
        (["lines", 0, "plan"], None, "lines.0.plan"),
        (["lines", 0, "plan", "sessions"], 11, "lines.0.plan.sessions"),
        (["lines", 0, "plan", "every_weeks"], True, "lines.0.plan.every_weeks"),
        (["lines", 0, "plan", "start"], "2020-01-01", "lines.0.plan.start"),
        (["lines", 0, "plan", "start"], "9999-12-31", "lines.0.plan.start"),
        (["lines", 0, "plan", "start"], 20270104, "lines.0.plan.start"),
        (["lines", 0, "kit"], "\x00", "lines.0.kit"),
        (["acknowledgement", "accepted"], False, "acknowledgement.accepted"),
        (["acknowledgement", "accepted"], "true", "acknowledgement.accepted"),
        (["acknowledgement", "version"], "0", "acknowledgement.version"),
        (["acknowledgement", "version"], 1, "acknowledgement.version"),
        (["shipping"], "express", "shipping"),
        (["discount"], "FIRST50", "discount"),
        (["extra"], 1, "extra"),
    ],
)
def test_input_that_cannot_be_taken_is_refused_at_its_field_and_changes_nothing(
    client: Visitor, sandbox: Sandbox, body: Body, path: list[Any], value: Any, field: str
) -> None:
    inner: Any = body
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    answer = client.post(ORDERS, json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
    assert field in [error["field"] for error in answer.json["errors"]]
    assert (count(Order), count(Reservation)) == (0, 0)

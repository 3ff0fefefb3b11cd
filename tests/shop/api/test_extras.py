"""What may stand in an order over the API beside a kit: refill boxes alone, shipping, a code, a second address line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import host
from shop.orders.tables import Agreement, Order
from shop.selling import shipping
from tests.servers.client import Visitor
from tests.servers.sandbox import Sandbox
from tests.shop.api.conftest import ORDERS, Body, count
from tests.shop.selling.conftest import code, uses  # noqa: F401

Make = Callable[..., str]


@pytest.fixture(autouse=True)
def keys(sandbox: Sandbox) -> None:
    """The shop could charge."""


def the_order() -> Order:
    return host.session().scalars(select(Order)).one()


def test_refill_boxes_are_bought_alone_and_told_so(client: Visitor, body: Body, stocked: str) -> None:
    body["lines"] = [{"kit": stocked, "quantity": 2, "refill_box": True}]
    placed = client.post(ORDERS, json=body)
    assert (placed.status_code, placed.json["total"]["amount"], placed.json["plan_total"]["amount"]) == (
        201,
        10800,
        10800,
    )
    told = client.get(f"{ORDERS}/{placed.json['token']}").json
    assert told["lines"] == [{"kit": stocked, "quantity": 2, "plan": None, "refills": False, "refill_box": True}]
    again = client.post(ORDERS, json={**body, "lines": told["lines"]})
    assert again.status_code == 201, "what is told can be ordered"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"refill_box": "yes"}, "lines.0.refill_box"),
        ({"refill_box": 1}, "lines.0.refill_box"),
        ({"refill_box": None}, "lines.0.refill_box"),
        ({"refill_box": False}, "lines.0.plan"),
        ({"refills": True}, "lines.0.refills"),
        ({"quantity": 11}, "lines.0.quantity"),
    ],
)
def test_a_box_that_cannot_be_is_refused_at_its_field(
    client: Visitor, body: Body, stocked: str, changed: Body, field: str
) -> None:
    body["lines"] = [{"kit": stocked, "quantity": 1, "refill_box": True, **changed}]
    answer = client.post(ORDERS, json=body)
    assert (answer.status_code, [each["field"] for each in answer.json["errors"]]) == (422, [field])
    assert count(Order) == 0


def test_shipping_is_named_by_its_code_and_without_one_the_cheapest(client: Visitor, body: Body) -> None:
    with host.unit() as session:
        shipping.plant(session)
    assert client.post(ORDERS, json=body).json["total"]["amount"] == 8900
    express = client.post(ORDERS, json={**body, "shipping": "express"}).json
    assert (express["total"]["amount"], express["plan_total"]["amount"]) == (9295, 9295)


def test_a_code_takes_off_what_is_due(client: Visitor, body: Body, code: Make) -> None:  # noqa: F811
    code("TEN", percent=10)
    assert client.post(ORDERS, json={**body, "discount": "ten"}).json["total"]["amount"] == 8010
    assert uses("TEN") == 1


@pytest.mark.parametrize("typed", ["NOSUCH", "ONCE", "  ", "X" * 40, "' OR '1'='1"])
def test_a_code_that_does_not_hold_is_refused_and_nothing_is_placed(
    client: Visitor,
    body: Body,
    code: Make,  # noqa: F811
    typed: str,
) -> None:
    code("ONCE", percent=10, most_uses=0)
    answer = client.post(ORDERS, json={**body, "discount": typed})
    if typed.strip():
        assert (answer.status_code, answer.json["errors"][0]["field"], count(Order)) == (422, "discount", 0)
    else:
        assert answer.status_code == 201, "nothing but spaces is no code"


def test_an_address_may_have_a_second_line_and_its_postcode_is_tidied(client: Visitor, body: Body) -> None:
    body["address"] |= {"line2": "Flat 2", "postcode": "se16ha"}
    assert client.post(ORDERS, json=body).status_code == 201
    assert (the_order().line2, the_order().postcode) == ("Flat 2", "SE1 6HA")


@pytest.mark.parametrize(
    ("field", "value"), [("line2", "x" * 201), ("line2", None), ("line2", "a\x00"), ("postcode", "12345")]
)
def test_an_address_that_cannot_be_is_refused_at_its_field(client: Visitor, body: Body, field: str, value: Any) -> None:
    body["address"][field] = value
    answer = client.post(ORDERS, json=body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, f"address.{field}")
    assert count(Order) == 0


def test_refills_true_is_kept_as_the_agreement_it_is(client: Visitor, body: Body) -> None:
    body["lines"][0]["refills"] = True
    client.post(ORDERS, json=body)
    kept = {each.kind: each for each in host.session().scalars(select(Agreement))}
    assert set(kept) == {"terms", "refill_charges", "key_information"}
    assert "£98.00 in all" in kept["refill_charges"].text

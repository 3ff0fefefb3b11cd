"""Orders over the API: placed, paid on the hosted page, looked up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from kits.stock.tables import Reservation
from shop.orders.tables import Order
from shop.registers import registers
from tests.servers.client import Visitor
from tests.servers.sandbox import Sandbox
from tests.shop.api.conftest import ORDERS, Body, count


def test_an_order_is_placed_and_leads_to_the_payment_page(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    answer = client.post(ORDERS, json=body)
    assert answer.status_code == 201, answer.text
    placed = answer.json
    assert set(placed) == {"number", "token", "total", "plan_total", "payment_url"}
    assert placed["total"] == placed["plan_total"] == {"amount": 8900, "currency": "GBP"}
    assert placed["payment_url"].startswith(sandbox.url)


def test_paying_leads_back_to_the_orders_own_page(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    placed = client.post(ORDERS, json=body).json
    paid = sandbox.pay(placed["payment_url"])
    assert paid.status_code == 303
    assert f"/orders/{placed['token']}/return?page_id=cs_" in paid.headers["Location"]
    client.get(paid.headers["Location"].partition("5000")[2])
    assert client.get(f"{ORDERS}/{placed['token']}").json["state"] == "paid"


def test_an_order_says_where_it_stands(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    placed = client.post(ORDERS, json=body).json
    found = client.get(f"{ORDERS}/{placed['token']}").json
    [read] = found.pop("acknowledgements")
    assert found == {"number": placed["number"], "state": "awaiting_payment", "lines": body["lines"], "refills": []}
    kit = body["lines"][0]["kit"]
    told = client.get(f"/api/v1/notice?kit={kit}").json
    assert (read["kit"], read["version"]) == (kit, told["version"])
    assert read["sha256"] == hashlib.sha256(told["text"].encode()).hexdigest()
    assert datetime.fromisoformat(read["accepted_at"]).tzinfo is not None


def test_the_whole_plan_with_its_refills_is_told(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    body["lines"][0] |= {"refills": True, "quantity": 2}
    placed = client.post(ORDERS, json=body).json
    assert placed["total"]["amount"] == 2 * 8900
    assert placed["plan_total"]["amount"] == 2 * (8900 + 2 * 4900)


def test_refills_are_refused_where_nobody_offers_them(
    client: Visitor, app: Flask, sandbox: Sandbox, body: Body
) -> None:
    registers(app).offers_refills = False
    body["lines"][0]["refills"] = True
    answer = client.post(ORDERS, json=body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "lines.0.refills"


def test_what_a_room_above_knows_is_told_with_the_order(
    client: Visitor, app: Flask, sandbox: Sandbox, body: Body
) -> None:
    registers(app).api_fields["refills"] = lambda order, now: [{"number": 1, "of": order.number}]
    placed = client.post(ORDERS, json=body).json
    assert client.get(f"{ORDERS}/{placed['token']}").json["refills"] == [{"number": 1, "of": placed["number"]}]


def test_sold_out_is_a_conflict_that_says_what_is_left(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    for _ in range(2):
        body["lines"][0]["quantity"] = 10
        assert client.post(ORDERS, json=body).status_code == 201
    body["lines"][0]["quantity"] = 1
    answer = client.post(ORDERS, json=body)
    assert (answer.status_code, answer.json["left"]) == (409, 0)
    assert count(Order) == 2


@pytest.mark.parametrize("mode", ["lose_request", "http_500", "http_429"])
def test_a_gateway_without_an_answer_leaves_the_order_placed(
    client: Visitor, sandbox: Sandbox, body: Body, mode: str
) -> None:
    sandbox.fault("checkout.sessions.create", mode, times=10)
    answer = client.post(ORDERS, json=body)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.json["order_url"].endswith(f"/orders/{answer.json['token']}")
    assert answer.headers["Retry-After"]
    assert client.get(f"{ORDERS}/{answer.json['token']}").json["state"] == "awaiting_payment"
    assert count(Reservation) == 2


def test_an_answer_that_got_lost_is_asked_for_again_unseen(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    sandbox.fault("checkout.sessions.create", "lose_response")
    assert client.post(ORDERS, json=body).status_code == 201
    assert count(Order) == 1


def test_without_keys_nothing_is_placed(client: Visitor, body: Body) -> None:
    answer = client.post(ORDERS, json=body)
    assert answer.status_code == 503
    assert (count(Order), count(Reservation)) == (0, 0)


def test_shipping_and_discount_may_be_left_out_or_empty(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    body |= {"shipping": "standard", "discount": None}
    assert client.post(ORDERS, json=body).status_code == 201


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 201), (90, 201), (91, 422)])
def test_a_start_lies_between_today_and_90_days_ahead(
    client: Visitor, sandbox: Sandbox, body: Body, today: date, days: int, status: int
) -> None:
    body["lines"][0]["plan"]["start"] = (today + timedelta(days=days)).isoformat()
    assert client.post(ORDERS, json=body).status_code == status


def test_the_line_that_is_wrong_is_the_one_that_is_named(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    wrong = {**body["lines"][0], "plan": {**body["lines"][0]["plan"], "sessions": 20}}
    body["lines"].append(wrong)
    answer = client.post(ORDERS, json=body)
    assert [error["field"] for error in answer.json["errors"]] == ["lines.1.plan.sessions"]


def test_an_unknown_kit_is_not_found(client: Visitor, sandbox: Sandbox, body: Body) -> None:
    body["lines"][0]["kit"] = "nothing"
    assert client.post(ORDERS, json=body).status_code == 404


def test_the_last_kits_are_sold_once_however_many_ask(
    at_once: Callable[..., list[Any]], app: Flask, sandbox: Sandbox, body: Body
) -> None:
    body["lines"][0]["quantity"] = 7
    answers = at_once([lambda: app.test_client().post(ORDERS, json=body).status_code] * 4)
    assert sorted(answers) == [201, 201, 409, 409]

"""The fixed names of the design: every path, call of the API, setting and control of the sandbox, as written there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import requests
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from kits import Kits, host
from kits.catalogue.first_kit import NOTICE, ROLLER, SERUM, SLUG
from kits.migrate import upgrade
from kits.tables import Base
from shop import Shop
from shop.orders import parcels
from shop.orders.find import order_by_number
from shop.payments.hosted.release import cancel
from subscriptions import Subscriptions
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import order_body
from tests.servers.apps import PLAIN
from tests.servers.client import Visitor
from tests.servers.sandbox import Sandbox
from wsgi import create_app

# What each path answers somebody who has just come: pages, or the way to the door before them.
PATHS = {
    "/": 200,
    f"/kits/{SLUG}": 200,
    "/basket": 200,
    "/checkout": 303,
    "/account/": 200,
    "/admin/": 303,
    "/api/v1/kits": 200,
    "/api/v1/openapi.json": 200,
    "/healthz": 200,
    "/readyz": 200,
    "/metrics": 200,
}


def test_the_kit_and_its_items_have_their_names() -> None:
    assert (SLUG, ROLLER, SERUM) == ("mesotherapy-kit", "ROLLER-025", "SERUM-3M")


def test_every_path_answers(client: Visitor, sandbox: Sandbox, stocked: str, buy: Callable[..., Bought]) -> None:
    token = buy().token
    found = {path: client.get(path).status_code for path in (*PATHS, f"/orders/{token}", f"/api/v1/orders/{token}")}
    assert found == {**PATHS, f"/orders/{token}": 200, f"/api/v1/orders/{token}": 200}
    assert client.post("/webhooks/stripe").status_code == 400


def test_in_a_host_every_path_stands_under_the_prefix_and_none_beside_it(app: Flask, kit: str) -> None:
    host_app = Flask("host")
    host_app.config.update(SECRET_KEY="the host's", SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"])
    SQLAlchemy(host_app, metadata=Base.metadata)
    Kits(host_app)
    Shop(host_app, url_prefix="/shop")
    Subscriptions(host_app)
    own = {rule.rule for rule in host_app.url_map.iter_rules() if rule.endpoint != "static"}
    assert [rule for rule in own if not rule.startswith("/shop/")] == []
    visitor = host_app.test_client()
    assert {path: visitor.get(f"/shop{path}").status_code for path in PATHS} == PATHS
    assert visitor.get(f"/kits/{SLUG}").status_code == 404
    with host_app.app_context():
        host.engine().dispose()


def test_the_three_packages_can_be_mounted_by_init_app_in_their_order() -> None:
    app = Flask("host")
    app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
    SQLAlchemy(app, metadata=Base.metadata)
    kits, shop, subscriptions = Kits(), Shop(), Subscriptions()
    for each in (kits, shop, subscriptions):
        each.init_app(app)
    assert {"kits", "shop", "refills"} <= set(app.cli.commands)
    with app.app_context():
        upgrade(host.engine())


def test_the_plan_call_answers_as_written(client: Visitor, kit: str) -> None:
    asked = {"sessions": 10, "every_weeks": 4, "start": "2027-01-04"}
    answer = client.get(f"/api/v1/kits/{kit}/plan", query_string=asked)
    assert set(answer.json) == {"sessions", "refills", "boxes", "total"}
    assert (answer.json["sessions"][0], answer.json["sessions"][-1]) == ("2027-01-04", "2027-09-13")
    assert (len(answer.json["sessions"]), answer.json["refills"]) == (10, ["2027-04-04", "2027-07-04"])
    assert (answer.json["boxes"], answer.json["total"]) == (3, {"amount": 18700, "currency": "GBP"})


def test_the_notice_call_answers_as_written(client: Visitor, kit: str) -> None:
    answer = client.get("/api/v1/notice", query_string={"kit": kit})
    assert (answer.status_code, answer.json) == (200, {"version": "1", "text": NOTICE})


def test_the_order_calls_answer_as_written(client: Visitor, stocked: str, today: date, sandbox: Sandbox) -> None:
    body = order_body(stocked, today, shipping="standard")
    body["lines"][0]["quantity"] = 2
    placed = client.post("/api/v1/orders", json=body)
    assert placed.status_code == 201
    assert set(placed.json) == {"number", "token", "total", "plan_total", "payment_url"}
    assert placed.json["total"] == {"amount": 17800, "currency": "GBP"}
    assert placed.json["plan_total"] == {"amount": 37400, "currency": "GBP"}
    told = client.get(f"/api/v1/orders/{placed.json['token']}").json
    assert set(told) == {"number", "state", "lines", "refills", "acknowledgements"}
    assert (told["number"], told["state"], told["refills"]) == (placed.json["number"], "awaiting_payment", [])
    assert told["lines"] == [{name: body["lines"][0][name] for name in ("kit", "quantity", "plan", "refills")}]
    client.get(sandbox.pay(placed.json["payment_url"]).headers["Location"])
    told = client.get(f"/api/v1/orders/{placed.json['token']}").json
    assert (told["state"], len(told["refills"])) == ("paid", 2)
    assert set(told["refills"][0]) == {"number", "needed_on", "charge_on", "state"}


def test_an_order_goes_through_its_states(client: Visitor, driver: Driver, buy: Callable[..., Bought]) -> None:
    def state(order: Bought) -> str:
        return str(client.get(f"/api/v1/orders/{order.token}").json["state"])

    first, second = buy(), driver.order()
    assert (state(first), state(second)) == ("paid", "awaiting_payment")
    now = driver.travel(driver.refill(first).notice_on, work=False)
    parcels.ship(order_by_number_id(first.number), tracking="", actor="test", now=now)
    cancel(second.order_id, now=now)
    assert (state(first), state(second)) == ("shipped", "cancelled")


def order_by_number_id(number: str) -> int:
    """The order's id, read without leaving a transaction open."""
    found = order_by_number(host.session(), number).id
    host.end_reads()
    return found


def test_settings_come_from_the_environment_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    same = ("SHOP_URL", "SHOP_TIMEZONE", "SHOP_CURRENCY", "SECRET_KEY")
    longer = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "MAIL_URL", "MAIL_FROM", "OWNER_EMAIL")
    for name in (*same, *longer):
        monkeypatch.setenv(name, f"value of {name}")
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    config = create_app().config
    assert config["SQLALCHEMY_DATABASE_URI"] == "sqlite://"
    assert {name: config[name] for name in same} == {name: f"value of {name}" for name in same}
    assert {name: config[f"SHOP_{name}"] for name in longer} == {name: f"value of {name}" for name in longer}


def test_without_keys_the_app_loads() -> None:
    app = create_app({**PLAIN, "SQLALCHEMY_DATABASE_URI": "sqlite://"})
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_sandboxs_controls_answer_as_written(sandbox: Sandbox, buy: Callable[..., Bought]) -> None:
    bought = buy(card="pm_card_visa")
    [charge] = requests.get(f"{sandbox.url}/_sandbox/charges", timeout=10).json()["data"]
    assert {"id", "amount", "currency", "created", "metadata"} <= set(charge)
    assert charge["metadata"] == {"order": bought.number, "root_order": bought.number, "attempt": "1"}
    operations = ("payment_intents.create", "payment_intents.confirm", "checkout.sessions.create", "refunds.create")
    for on in operations:
        for mode in ("lose_request", "lose_response", "http_500", "http_409", "http_429"):
            fault = {"on": on, "mode": mode, "times": 2}
            assert requests.post(f"{sandbox.url}/_sandbox/faults", json=fault, timeout=10).status_code == 200
    waiting = requests.get(f"{sandbox.url}/_sandbox/faults", timeout=10).json()["data"]
    assert sorted((each["on"], each["mode"]) for each in waiting) == sorted((on, "http_429") for on in operations)

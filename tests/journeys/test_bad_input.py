"""Bad input gets a plain sentence or a 4xx, and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from kits import host
from shop.customers.staff.members import add_staff
from shop.orders.tables import Order
from shop.payments.tables import WebhookEvent
from shop.sandbox.events.signing import sign
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import (
    BODIES,
    CHECKOUTS,
    GOOD_EVENT,
    HUGE,
    NO_EVENTS,
    NUL,
    PLANS,
    as_day,
    by_field,
    instead,
    nothing_changed,
    signatures_not_of_now,
)
from tests.journeys.pages import Form, Page
from tests.journeys.shopping import ADA, Staff, order_body, rows
from tests.servers.client import Visitor
from tests.servers.sandbox import SECRET, Sandbox


@pytest.fixture(autouse=True)
def keys(sandbox: Sandbox) -> None:
    """The shop could charge: that it does not is no lack of keys."""


@pytest.fixture
def plan(stocked: str, today: date) -> dict[str, Any]:
    """A plan that could be bought."""
    return {"sessions": 10, "every_weeks": 4, "start": today.isoformat(), "quantity": 1}


def form(client: Visitor, path: str, button: str) -> Form:
    """A form of the page at `path`, as it stands."""
    return Page(client.get(path).text, path).form(button)


@pytest.fixture
def checkout(client: Visitor, stocked: str, plan: dict[str, Any]) -> dict[str, str]:
    """The checkout's form filled in as it should be, with a plan in the basket."""
    add = form(client, f"/kits/{stocked}", "Add with refills").filled("Add with refills")
    assert client.post("/basket", data={**add, **plan}).status_code == 303
    return form(client, "/checkout", "Pay now").filled("Pay now", **ADA, accepted=True)


@pytest.mark.parametrize("field", by_field(PLANS))
def test_a_plan_that_cannot_be_is_refused_in_words_on_every_page(
    client: Visitor, stocked: str, plan: dict[str, Any], today: date, field: str
) -> None:
    token = form(client, f"/kits/{stocked}", "Add with refills").values["csrf_token"]
    with nothing_changed():
        for _, value, sentence in by_field(PLANS)[field]:
            wrong = plan | {field: as_day(value, today) if field == "start" else value}
            for answer in (
                client.get(f"/kits/{stocked}", query_string=wrong),
                client.get(f"/kits/{stocked}/plan", query_string=wrong),
                client.post("/basket", data={"kit": stocked, "csrf_token": token, "refills": "1", **wrong}),
            ):
                assert (answer.status_code, sentence in Page(answer.text).words) == (422, True), value
    assert "Your basket is empty" in client.get("/basket").text


def test_an_unknown_kit_is_not_found(client: Visitor, stocked: str, plan: dict[str, Any], today: date) -> None:
    token = form(client, f"/kits/{stocked}", "Add with refills").values["csrf_token"]
    with nothing_changed():
        for slug in ("no-such-kit", "%00", "a%0Ab", "é", "x" * 3000):
            assert client.get(f"/kits/{slug}").status_code == 404
            assert client.get(f"/api/v1/kits/{slug}/plan", query_string=plan).status_code == 404
            assert client.post("/basket", data={"kit": slug, "csrf_token": token, **plan}).status_code == 404
        answer = client.post("/api/v1/orders", json=order_body("no-such-kit", today))
    assert (answer.status_code, answer.json["title"]) == (404, "Not found")


def test_a_line_of_the_basket_takes_no_wrong_quantity(client: Visitor, checkout: dict[str, str]) -> None:
    change = form(client, "/basket", "Change").values
    with nothing_changed():
        for quantity in (0, HUGE, "abc", "", -1, 11, NUL):
            answer = client.post("/basket/change", data={**change, "quantity": quantity})
            assert (answer.status_code, "Choose " in Page(answer.text).words) == (422, True), quantity
    assert form(client, "/basket", "Change").values["quantity"] == "1"


@pytest.mark.parametrize("field", by_field(CHECKOUTS))
def test_a_checkout_that_cannot_be_taken_says_why_and_places_nothing(
    client: Visitor, checkout: dict[str, str], field: str
) -> None:
    others = {name: value for name, value in checkout.items() if name != field}
    with nothing_changed():
        for _, value, sentence in by_field(CHECKOUTS)[field]:
            answer = client.post("/checkout", data=others if value is None else {**others, field: value})
            page = Page(answer.text)
            assert (answer.status_code, sentence in page.words) == (422, True), value
            kept = "email" if field == "name" else "name"
            assert page.form("Pay now").values[kept] == ADA[kept], "what was right need not be typed again"
    right = page.form("Pay now").filled("Pay now", **ADA, line2="", discount="", accepted=True)
    assert client.post("/checkout", data=right).status_code == 303
    assert rows(Order) == 1


@pytest.mark.parametrize("part", by_field(BODIES))
def test_an_order_that_cannot_be_taken_is_refused_by_the_api_at_its_field(
    client: Visitor, stocked: str, today: date, part: str
) -> None:
    with nothing_changed():
        for where, value in by_field(BODIES)[part]:
            body = order_body(stocked, today)
            instead(body, where, as_day(value, today) if where.endswith("start") else value)
            answer = client.post("/api/v1/orders", json=body)
            assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), (where, value)
            told = [each["field"] for each in answer.json["errors"]]
            assert all(field.startswith(where) or where.startswith(field) for field in told), (where, value, told)


WRONG_TOKENS: tuple[dict[str, str], ...] = ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": NUL})


def test_no_form_is_taken_without_its_own_token(
    client: Visitor, app: Flask, checkout: dict[str, str], now: datetime
) -> None:
    token = {"csrf_token": checkout.pop("csrf_token")}
    with host.unit() as session:
        add_staff(session, "sam@example.org", Staff.PASSWORD, now)
    known = {"email": "sam@example.org", "password": Staff.PASSWORD}
    assert client.post("/admin/sign-in", data={**known, **token}).headers["Location"] == "/admin/"

    paths = [_path(app, rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    forms = [path for path in paths if not path.startswith(("/api/", "/webhooks/"))]
    assert len(forms) >= 12
    with nothing_changed():
        for path in forms:
            for wrong in WRONG_TOKENS:
                assert (client.post(path, data={**checkout, **wrong}).status_code, path) == (400, path)


def _path(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        # What may only be one of a few words is one of them.
        words = {name: min(getattr(rule._converters[name], "items", [1])) for name in rule.arguments}
        built = rule.build(words)
    assert built is not None
    return built[1]


def deliver(client: Visitor, body: bytes, signature: str | None) -> Any:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    return client.post("/webhooks/stripe", data=body, content_type="application/json", headers=headers)


def test_a_signed_body_that_is_no_event_is_refused(client: Visitor) -> None:
    with nothing_changed():
        for body in NO_EVENTS:
            assert (deliver(client, body, sign(SECRET, body, int(time.time()))).status_code, body) == (400, body)


def test_an_event_that_stripe_did_not_sign_just_now_is_refused(client: Visitor) -> None:
    with nothing_changed():
        for kind, signature in signatures_not_of_now().items():
            assert (deliver(client, GOOD_EVENT, signature).status_code, kind) == (400, kind)
    assert deliver(client, GOOD_EVENT, sign(SECRET, GOOD_EVENT, int(time.time()))).status_code == 200
    assert rows(WebhookEvent) == 1


def test_an_event_larger_than_any_is_refused_unread(client: Visitor) -> None:
    with nothing_changed():
        assert deliver(client, b"x" * 1_000_001, None).status_code == 413


def test_one_persons_link_opens_nothing_of_anothers(
    client: Visitor, driver: Driver, buy: Callable[..., Bought], checkout: dict[str, str]
) -> None:
    ada, bob = buy(), buy()
    token, mine = checkout["csrf_token"], f"/orders/{ada.token}/refills"
    assert client.get(f"{mine}/{ada.subscription_id}/end").status_code == 200
    with nothing_changed():
        for path in (f"{mine}/{bob.subscription_id}/end", f"{mine}/99/end", f"/orders/{bob.number}"):
            assert client.get(path).status_code == 404
        for path in (f"{mine}/{bob.subscription_id}/end", "/orders/x/pay", "/orders/x/cancel", "/account/sign-in/x"):
            assert client.post(path, data={"csrf_token": token}).status_code == 404
        assert client.get(f"/orders/{ada.token}/return?page_id=cs_unknown").status_code == 303
        assert client.get("/admin/orders").status_code == 303
    assert bob.number not in client.get(f"/orders/{ada.token}").text

"""Whatever is handed in at the webhook's address: an answer that is no failure, and nothing done twice."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from kits import host
from kits.audit import AuditEntry
from shop.payments import pages, webhooks
from shop.payments.tables import Payment, WebhookEvent
from tests.journeys.driving import Driver
from tests.servers.client import Visitor
from tests.shop.payments.test_webhooks import event

Read = Callable[[Any], list[Any]]


@pytest.fixture
def hand_in(driver: Driver, client: Visitor) -> Callable[..., int]:
    """`hand_in(event or bytes)` posts it, signed; the status of the answer."""

    def post(said: Any, at: float | None = None, **more: Any) -> int:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        moment = int(at or time.time())
        mac = hmac.new(driver.sandbox.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
        headers = {"Stripe-Signature": f"t={moment},v1={mac.hexdigest()}"}
        answer = client.post("/webhooks/stripe", data=body, headers=headers, **more)
        answer.close()  # what is left to do comes when the answer has left
        return int(answer.status_code)

    return post


def paid_page(driver: Driver) -> tuple[int, str]:
    """An order and the page it was paid on; nothing is settled yet."""
    order = driver.order()
    return order.order_id, driver.pay(driver.page(order.order_id))


@pytest.mark.parametrize(
    "said",
    [
        event("cs_1", "a.type.nobody.knows"),
        event("cs_1", "charge.refunded") | {"created": 1_000_000_000},
        event("cs_1", "charge.refunded") | {"created": 9_999_999_999},
        {"id": "evt_1", "object": "event", "type": "balance.available", "data": {"object": {"available": []}}},
        {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": {"object": [1]}},
        {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": None},
        {"id": "evt_1", "object": "event", "type": "charge.refunded", "data": {"object": {"id": "a" * 300}}},
        {"id": "evt_1", "object": "v2.core.event", "type": "v1.billing.meter", "related_object": {"id": "mtr_1"}},
        event("x", "charge.refunded") | {"data": {"object": {"id": {"id": 1}, "customer": {"id": "cus_1"}}}},
        event("pi\x00", "payment_intent.succeeded"),
        event("../customers", "payment_intent.succeeded"),
    ],
)
def test_an_event_of_any_kind_about_anything_is_kept_and_done_with(
    hand_in: Callable[..., int], read: Read, said: dict[str, Any]
) -> None:
    assert hand_in(said) == 200
    assert None not in read(select(WebhookEvent.processed_at))
    assert hand_in(said) == 200
    assert len(read(select(WebhookEvent.id))) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1, 2]",
        b'"text"',
        b"17",
        b"null",
        b"{",
        b"{}",
        b"[" * 100_000,
        b'{"id": "evt_1", "type": 7}',
        b'{"id": "evt\\u0000", "type": "x"}',
        b'{"id": "evt\\ud800", "type": "x"}',
        b'{"id": "evt_1", "type": "x", "amount": ' + b"9" * 5000 + b"}",
        '{"id": "evt_1", "type": "café"}'.encode("latin-1"),
        '{"id": "evt_1", "type": "x"}'.encode("utf-16"),
        json.dumps({"id": "e" * 256, "type": "x"}).encode(),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_and_not_kept(
    hand_in: Callable[..., int], read: Read, body: bytes
) -> None:
    assert hand_in(body) == 400
    assert read(select(WebhookEvent.id)) == []


@pytest.mark.parametrize(
    ("minutes", "status"), [(-2000, 400), (-6, 400), (-4, 200), (4, 200), (6, 400), (5_000_000, 400)]
)
def test_a_signature_counts_for_five_minutes_either_way(hand_in: Callable[..., int], minutes: int, status: int) -> None:
    assert hand_in(event("cs_1", "unknown.type"), at=time.time() + 60 * minutes) == status


@pytest.mark.parametrize("header", ["", "t=", "t=x,v1=y", "v1=00", "t=1,v1=é", "=" * 2000, "t=" + "9" * 5000 + ",v1=0"])
def test_a_header_that_signs_nothing_is_refused(client: Visitor, driver: Driver, header: str) -> None:
    answer = client.post("/webhooks/stripe", data=b"{}", headers={"Stripe-Signature": header})
    assert answer.status_code == 400


def test_a_body_without_end_is_read_no_further_than_an_event_can_be_long(client: Visitor, driver: Driver) -> None:
    said = client.post("/webhooks/stripe", data=b"x" * (pages.LARGEST_EVENT + 1))
    assert said.status_code == 413
    untold = io.BytesIO(b"x" * (2 * pages.LARGEST_EVENT))
    more = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}  # as gunicorn tells it
    assert client.post("/webhooks/stripe", input_stream=untold, environ_overrides=more).status_code == 400
    assert untold.tell() == pages.LARGEST_EVENT


def test_events_out_of_order_and_twice_are_settled_once(
    hand_in: Callable[..., int], driver: Driver, read: Read
) -> None:
    order, page = paid_page(driver)
    hand_in(event("cs_1", "charge.refunded", 1))
    for number in (2, 2, 3):
        assert hand_in(event(page, number=number)) == 200
    intent = read(select(Payment.intent_id))
    assert hand_in(event(intent[0], "payment_intent.succeeded", 4)) == 200
    driver.work()
    assert len(read(select(Payment.id))) == 1
    assert driver.state(order) == "paid"


def test_while_the_database_is_away_stripe_is_told_to_send_it_again(
    hand_in: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("BEGIN", None, Exception("gone"))

    monkeypatch.setattr(webhooks, "unit", away)
    assert hand_in(event("cs_1")) == 503


def test_what_went_wrong_is_noted_until_it_went_well(
    hand_in: Callable[..., int], driver: Driver, app: Flask, read: Read
) -> None:
    order, page = paid_page(driver)
    stripe = app.config["SHOP_STRIPE_API_BASE"]
    app.config["SHOP_STRIPE_API_BASE"] = "http://127.0.0.1:1"
    assert hand_in(event(page)) == 200
    assert [said and "Stripe" in said for said in read(select(WebhookEvent.problem))] == [True]
    assert read(select(WebhookEvent.processed_at)) == [None]
    app.config["SHOP_STRIPE_API_BASE"] = stripe
    driver.work()
    assert driver.state(order) == "paid"
    assert read(select(WebhookEvent.problem)) == [None]


def test_an_event_is_replayed_by_its_id_and_that_is_audited(
    hand_in: Callable[..., int], driver: Driver, app: Flask, read: Read
) -> None:
    order, page = paid_page(driver)
    hand_in(event("cs_nowhere", number=1))
    assert read(select(WebhookEvent.problem)) == [webhooks.NOT_SHOWN]
    with host.unit() as session:
        session.execute(update(WebhookEvent).values(object_id=page))
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["shop", "replay", "evt_1"]).exit_code == 0
    assert driver.state(order) == "paid"
    assert len(read(select(Payment.id))) == 1
    assert read(select(WebhookEvent.problem)) == [None]
    entry = read(select(AuditEntry).where(AuditEntry.action == "event.replayed"))[0]
    assert (entry.actor, entry.subject) == ("command", "event:evt_1")


def test_an_event_that_never_came_cannot_be_replayed(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["shop", "replay", "evt_nowhere"])
    assert done.exit_code == 1
    assert "No event with this id has come" in done.output

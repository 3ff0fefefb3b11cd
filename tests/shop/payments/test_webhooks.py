"""Webhooks are hints: stored once, worked once, and what Stripe does not show is not asked for for ever."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock
from shop.payments import webhooks
from shop.payments.gateway.contract import BadSignature
from shop.payments.tables import PaymentAttempt, WebhookEvent
from tests.journeys.driving import Driver

Read = Callable[[Any], list[Any]]


def signed(driver: Driver, event: Any, at: float | None = None) -> tuple[bytes, str]:
    """A body and its header as Stripe signs them."""
    body, moment = json.dumps(event).encode(), int(at or time.time())
    mac = hmac.new(driver.sandbox.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return body, f"t={moment},v1={mac.hexdigest()}"


def event(about: str, kind: str = "checkout.session.completed", number: int = 1) -> dict[str, Any]:
    return {"id": f"evt_{number}", "object": "event", "type": kind, "data": {"object": {"id": about}}}


def test_an_event_that_comes_twice_is_kept_once(driver: Driver, read: Read) -> None:
    first = webhooks.store(*signed(driver, event("cs_1")), now=clock.now())
    assert first is not None
    assert webhooks.store(*signed(driver, event("cs_1")), now=clock.now()) is None
    assert read(select(WebhookEvent.id)) == [first]


def test_what_was_stored_and_not_processed_is_settled_by_the_worker(driver: Driver) -> None:
    order = driver.order()
    page = driver.pay(driver.page(order.order_id))
    webhooks.store(*signed(driver, event(page)), now=clock.now())
    driver.work()
    assert driver.state(order.order_id) == "paid"


def test_an_event_is_only_a_hint_and_its_own_words_settle_nothing(driver: Driver, read: Read) -> None:
    order = driver.order()
    driver.page(order.order_id)
    page = read(select(PaymentAttempt.session_id))[0]
    lie = event(page)
    lie["data"]["object"] |= {"status": "complete", "payment_status": "paid"}
    webhooks.store(*signed(driver, lie), now=clock.now())
    driver.work()
    assert driver.state(order.order_id) == "awaiting_payment"


def test_events_about_something_stripe_does_not_show_are_done_with_at_once(driver: Driver, read: Read) -> None:
    for number, kind in enumerate(("checkout.session.completed", "payment_intent.succeeded", "charge.updated")):
        webhooks.store(*signed(driver, event("nothing_there", kind, number)), now=clock.now())
    driver.work()
    assert None not in read(select(WebhookEvent.processed_at))
    assert read(select(WebhookEvent.failures)) == [0, 0, 0]


def test_what_stripe_has_not_signed_just_now_is_not_kept(driver: Driver, read: Read) -> None:
    body, header = signed(driver, event("cs_1"))
    bad = {
        "unsigned": (body, ""),
        "late": signed(driver, event("cs_1"), at=time.time() - 3600),
        "for a time to come": signed(driver, event("cs_1"), at=time.time() + 3600),
        "another secret": (body, f"{header[:-4]}zzzz"),
        "a list": signed(driver, [1]),
        "no type": signed(driver, {"id": "evt_1", "data": {"object": {"id": "cs_1"}}}),
        "no JSON": (b"\xff", header),
    }
    for wrong, given in bad.items():
        with pytest.raises(BadSignature):
            webhooks.store(*given, now=clock.now())
        assert read(select(WebhookEvent.id)) == [], wrong


@pytest.mark.parametrize(("days", "kept"), [(90, True), (91, False)])
def test_what_an_event_said_goes_after_90_days_and_that_it_came_stays(
    driver: Driver, read: Read, days: int, kept: bool
) -> None:
    now = clock.now()
    row_id = webhooks.store(*signed(driver, event("cs_1", "unknown.type")), now=now)
    assert row_id is not None
    webhooks.process(row_id, now)
    webhooks.clear_old(now + timedelta(days=days))
    assert [bool(body) for body in read(select(WebhookEvent.body))] == [kept]
    assert webhooks.store(*signed(driver, event("cs_1", "unknown.type")), now=now) is None


def test_what_was_not_worked_on_stays_whole_however_old_it_is(driver: Driver, read: Read) -> None:
    webhooks.store(*signed(driver, event("cs_1")), now=clock.now())
    webhooks.clear_old(clock.now() + timedelta(days=900))
    assert all(read(select(WebhookEvent.body)))


def test_old_events_are_cleared_piece_by_piece(driver: Driver, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "A_PIECE", 2)
    for number in range(5):
        row_id = webhooks.store(*signed(driver, event("cs_1", "unknown.type", number)), now=clock.now())
        assert row_id is not None
        webhooks.process(row_id, clock.now())
    webhooks.clear_old(clock.now() + timedelta(days=91))
    assert set(read(select(WebhookEvent.body))) == {""}


def test_a_page_that_its_customer_left_is_over_when_it_has_expired(driver: Driver, read: Read) -> None:
    bought = driver.buy()
    driver.card_behaves(bought, "pm_card_chargeDeclinedLostCard")
    driver.travel(driver.until_due(bought).charge_on)
    driver.page(driver.refill(bought).order_id or 0)
    driver.travel(clock.now() + timedelta(hours=2))
    pages = (
        select(PaymentAttempt.state).where(PaymentAttempt.session_id.is_not(None)).order_by(PaymentAttempt.id.desc())
    )
    assert read(pages)[0] == "started", "nobody has looked at it"
    left = read(select(PaymentAttempt.session_id).where(PaymentAttempt.state == "started"))[0]
    webhooks.store(*signed(driver, event(left, "checkout.session.expired")), now=clock.now())
    driver.work()
    assert read(pages)[0] == "closed"
    assert driver.refill(bought).state == "needs_customer", "it can still be paid, on another page"


def test_a_page_that_is_still_open_is_not_over_whatever_an_event_says(driver: Driver, read: Read) -> None:
    driver.page(driver.order().order_id)
    page = read(select(PaymentAttempt.session_id))[0]
    webhooks.store(*signed(driver, event(page, "checkout.session.expired")), now=clock.now())
    driver.work()
    assert read(select(PaymentAttempt.state)) == ["started"]

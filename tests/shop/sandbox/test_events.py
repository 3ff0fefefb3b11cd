"""Events: what is told, signed how, delivered when."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import stripe

from shop.sandbox.app import create_sandbox

SECRET = "whsec_test"


def _about(kind: str) -> Any:
    """Whether a delivered body is an event of that type."""
    return lambda body: json.loads(body)["type"] == kind


def _told(sandbox: Any) -> list[str]:
    """The types of all events, oldest first."""
    return [event.type for event in sandbox.stripe.v1.events.list(params={"limit": 100}).data][::-1]


def test_a_delivery_is_signed_as_the_sdk_expects(telling: Any, endpoint: Any) -> None:
    customer = telling.stripe.v1.customers.create(params={"email": "ann@example.com"})
    [(signature, body)] = endpoint.wait_for(_about("customer.created"))
    event = telling.stripe.construct_event(body, signature, SECRET)
    assert (event.type, event.data.object.id, event.data.object.email) == (
        "customer.created",
        customer.id,
        "ann@example.com",
    )
    with pytest.raises(stripe.SignatureVerificationError):
        telling.stripe.construct_event(body, signature, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        telling.stripe.construct_event(body.replace(b"ann", b"bob"), signature, SECRET)


def test_signatures_bear_real_time_although_the_clock_was_moved(telling: Any, endpoint: Any) -> None:
    telling.control("POST", "clock", {"now": time.time() + 90 * 86400})
    telling.stripe.v1.customers.create()
    [(signature, body)] = endpoint.wait_for(_about("customer.created"))
    assert int(signature.split(",")[0].removeprefix("t=")) == pytest.approx(time.time(), abs=5)
    assert json.loads(body)["created"] == pytest.approx(time.time() + 90 * 86400, abs=5)


def test_a_payment_tells_its_story(own: Any) -> None:
    session = own.session()
    own.pay(session, card="4000000000000002")
    own.pay(session, card="4000002500003155")
    own.pay(session, authenticate="complete")
    assert _told(own) == [
        "customer.created",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    [completed] = own.stripe.v1.events.list(params={"type": "checkout.session.completed"}).data
    assert completed.data.object.payment_status == "paid"
    assert completed.data.object.payment_intent.startswith("pi_")


def test_refunding_cancelling_and_expiring_tell_theirs(own: Any) -> None:
    intent = own.paid()
    refund = own.stripe.v1.refunds.create(params={"payment_intent": intent.id, "amount": 100})
    own.stripe.v1.refunds.update(refund.id, params={"metadata": {"a": "1"}})
    own.stripe.v1.payment_intents.cancel(own.intent(intent.customer, intent.payment_method).id)
    own.stripe.v1.checkout.sessions.expire(own.session(customer=intent.customer).id)
    own.stripe.v1.payment_methods.detach(intent.payment_method)
    own.stripe.v1.customers.update(intent.customer, params={"name": "Bea"})
    own.stripe.v1.customers.delete(intent.customer)
    own.stripe.v1.setup_intents.create(
        params={"payment_method": "pm_card_visa", "confirm": True, "payment_method_types": ["card"]}
    )
    assert _told(own)[5:] == [
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "payment_intent.created",
        "payment_intent.canceled",
        "checkout.session.expired",
        "payment_method.detached",
        "customer.updated",
        "customer.deleted",
        "setup_intent.created",
        "setup_intent.succeeded",
    ]
    [updated] = own.stripe.v1.events.list(params={"type": "customer.updated"}).data
    assert updated.data.previous_attributes.to_dict() == {"name": "Ann"}


def test_an_event_names_the_request_that_caused_it(own: Any) -> None:
    headers = {"Idempotency-Key": "customer-1"}
    made = own.raw("POST", "/v1/customers", headers=headers)
    own.raw("POST", "/v1/customers", headers=headers)
    [event] = own.stripe.v1.events.list().data
    assert event.request.to_dict() == {"id": made.headers["Request-Id"], "idempotency_key": "customer-1"}


def test_a_refused_request_tells_nothing(own: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        own.intent("cus_nobody", "pm_card_visa")
    assert _told(own) == []


def test_events_are_listed_by_several_types(own: Any) -> None:
    own.paid()
    wanted = ["customer.created", "charge.succeeded"]
    listed = own.stripe.v1.events.list(params={"types": wanted, "limit": 1})
    assert (listed.data[0].type, listed.has_more) == ("charge.succeeded", True)
    assert [event.type for event in listed.auto_paging_iter()] == wanted[::-1]


def test_a_refused_delivery_is_tried_again_until_taken(telling: Any, endpoint: Any) -> None:
    endpoint.answers[:] = [500, 302, 404]
    telling.stripe.v1.customers.create()
    tries = endpoint.wait_for(_about("customer.created"), count=4)
    assert len({json.loads(body)["id"] for _, body in tries}) == 1
    time.sleep(0.3)
    assert len(endpoint.heard) == 4
    [event] = telling.stripe.v1.events.list().data
    assert event.pending_webhooks == 0


def test_delivery_is_held_and_resumed_and_never_holds_up_requests(telling: Any, endpoint: Any) -> None:
    assert telling.control("POST", "webhooks", {"hold": True}) == {"hold": True}
    telling.paid()
    time.sleep(0.4)
    assert endpoint.heard == []
    telling.control("POST", "webhooks", {"hold": False})
    endpoint.wait_for(_about("payment_intent.succeeded"))


def test_an_event_is_sent_again_even_while_held(telling: Any, endpoint: Any) -> None:
    telling.control("POST", "webhooks", {"hold": True})
    telling.stripe.v1.customers.create()
    [event] = telling.stripe.v1.events.list().data
    assert telling.control("POST", f"events/{event.id}/send")["sent"] == {"configured": 200}
    assert telling.control("POST", f"events/{event.id}/send")["sent"] == {"configured": 200}
    assert [json.loads(body)["id"] for _, body in endpoint.heard] == [event.id, event.id]


def test_what_was_not_delivered_is_delivered_after_a_restart(tmp_path: Path, endpoint: Any) -> None:
    headers = {"Authorization": "Bearer sk_test_x"}
    first = create_sandbox(
        tmp_path / "s.db", webhook_url="http://127.0.0.1:9/", webhook_secret=SECRET, first_retry=0.05
    )
    assert first.test_client().post("/v1/customers", headers=headers).status_code == 200
    time.sleep(0.2)
    first.extensions["sandbox"].close()
    second = create_sandbox(tmp_path / "s.db", webhook_url=endpoint.url, webhook_secret=SECRET)
    endpoint.wait_for(_about("customer.created"))
    second.extensions["sandbox"].close()


def test_an_endpoint_made_over_the_api_hears_what_it_asked_for(own: Any, endpoint: Any) -> None:
    made = own.stripe.v1.webhook_endpoints.create(
        params={"url": endpoint.url, "enabled_events": ["payment_intent.succeeded"]}
    )
    assert "secret" not in own.stripe.v1.webhook_endpoints.list().data[0]
    intent = own.paid()
    [(signature, body)] = endpoint.wait_for(_about("payment_intent.succeeded"))
    assert own.stripe.construct_event(body, signature, made.secret).data.object.id == intent.id
    assert len(endpoint.heard) == 1
    with pytest.raises(stripe.InvalidRequestError):
        own.stripe.v1.webhook_endpoints.create(params={"url": "shop.test", "enabled_events": ["*"]})


def test_a_dispute_is_told(own: Any) -> None:
    own.intent(*own.card("pm_card_createDispute"), confirm=True)
    assert "charge.dispute.created" in _told(own)


def test_nothing_hidden_leaves_the_sandbox(own: Any) -> None:
    own.pay(own.session(), card="4242424242424242")
    for path in ("events", "payment_intents", "payment_methods", "checkout/sessions", "charges"):
        listed = own.raw("GET", f"/v1/{path}?limit=100").json()["data"]
        assert listed
        assert '"plays"' not in json.dumps(listed)
        assert '"_"' not in json.dumps(listed)

"""Faults a test can ask for, and what the SDK makes of them."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
import requests
import stripe


@pytest.fixture(autouse=True)
def _patient_sdk_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK waits half a second before it tries again: here it need not."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.02)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)


def _made(sandbox: Any, customer: str) -> int:
    return len(sandbox.stripe.v1.payment_intents.list(params={"customer": customer, "limit": 100}).data)


@pytest.mark.parametrize(("mode", "made"), [("lose_request", 0), ("lose_response", 1)])
def test_a_lost_call_closes_the_connection(sandbox: Any, mode: str, made: int) -> None:
    customer, method = sandbox.card()
    sandbox.fault("payment_intents.create", mode)
    with pytest.raises(stripe.APIConnectionError):
        sandbox.intent(customer, method)
    assert _made(sandbox, customer) == made


def test_nothing_at_all_is_sent_on_a_lost_connection(sandbox: Any) -> None:
    sandbox.fault("customers.create", "lose_response")
    with pytest.raises(requests.ConnectionError):
        sandbox.raw("POST", "/v1/customers")


@pytest.mark.parametrize("mode", ["lose_request", "lose_response", "http_409"])
def test_the_sdk_gets_through_by_trying_again_and_money_is_taken_once(sandbox: Any, mode: str) -> None:
    customer, method = sandbox.card()
    intent = sandbox.intent(customer, method)
    sandbox.fault("payment_intents.confirm", mode)
    assert sandbox.retrying().v1.payment_intents.confirm(intent.id).status == "succeeded"
    assert len(sandbox.stripe.v1.charges.list(params={"payment_intent": intent.id}).data) == 1


def test_a_500_has_no_effect_and_is_replayed_under_its_key(sandbox: Any) -> None:
    customer, method = sandbox.card()
    intent = sandbox.intent(customer, method)
    options: Any = {"idempotency_key": str(uuid.uuid4())}
    sandbox.fault("payment_intents.confirm", "http_500", times=1)
    for client in (sandbox.stripe, sandbox.retrying()):
        with pytest.raises(stripe.APIError) as failed:
            client.v1.payment_intents.confirm(intent.id, options=options)
        assert failed.value.http_status == 500
    assert sandbox.stripe.v1.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    assert sandbox.stripe.v1.payment_intents.confirm(intent.id).status == "succeeded"


def test_a_replay_does_not_use_up_a_fault(sandbox: Any) -> None:
    options: Any = {"idempotency_key": str(uuid.uuid4())}
    params: Any = {"amount": 500, "currency": "gbp"}
    first = sandbox.stripe.v1.payment_intents.create(params=params, options=options)
    sandbox.fault("payment_intents.create", "http_500")
    assert sandbox.stripe.v1.payment_intents.create(params=params, options=options).id == first.id
    with pytest.raises(stripe.APIError):
        sandbox.stripe.v1.payment_intents.create(params=params)


@pytest.mark.parametrize(("mode", "status"), [("http_409", 409), ("http_429", 429)])
def test_409_and_429_have_no_effect_and_are_not_stored(sandbox: Any, mode: str, status: int) -> None:
    customer = sandbox.stripe.v1.customers.create().id
    options: Any = {"idempotency_key": str(uuid.uuid4())}
    params: Any = {"amount": 500, "currency": "gbp", "customer": customer}
    sandbox.fault("payment_intents.create", mode)
    with pytest.raises(stripe.StripeError) as refused:
        sandbox.stripe.v1.payment_intents.create(params=params, options=options)
    assert refused.value.http_status == status
    assert isinstance(refused.value, stripe.RateLimitError if status == 429 else stripe.APIError)
    assert _made(sandbox, customer) == 0
    assert sandbox.stripe.v1.payment_intents.create(params=params, options=options).customer == customer


def test_a_fault_strikes_so_many_times_and_a_new_one_replaces_it(sandbox: Any) -> None:
    sandbox.fault("refunds.create", "http_500", times=5)
    sandbox.fault("refunds.create", "http_429", times=2)
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            sandbox.stripe.v1.refunds.create(params={"charge": "ch_nothing"})
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.v1.refunds.create(params={"charge": "ch_nothing"})


def test_all_faults_are_cleared(sandbox: Any) -> None:
    sandbox.fault("customers.create", "lose_request", times=100)
    sandbox.fault("payment_intents.cancel", "http_500", times=100)
    assert len(sandbox.control("GET", "faults")["data"]) == 2
    assert sandbox.control("DELETE", "faults") == {"data": []}
    assert sandbox.stripe.v1.customers.create().id


def test_a_rate_strikes_some_of_the_time(sandbox: Any) -> None:
    sandbox.fault("account.retrieve", "http_500", rate=0.5)
    statuses = [sandbox.raw("GET", "/v1/account").status_code for _ in range(60)]
    assert 5 < statuses.count(500) < 55
    sandbox.fault("account.retrieve", "http_500", rate=0)
    assert sandbox.raw("GET", "/v1/account").ok


def test_a_delay_executes_after_its_time_even_when_the_caller_has_gone(sandbox: Any) -> None:
    intent = sandbox.intent(*sandbox.card())
    sandbox.fault("payment_intents.confirm", "delay", seconds=0.4)
    headers = {"Authorization": "Bearer sk_test_x"}
    with pytest.raises(requests.Timeout):
        requests.post(f"{sandbox.url}/v1/payment_intents/{intent.id}/confirm", headers=headers, timeout=0.1)
    assert sandbox.stripe.v1.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    deadline = time.monotonic() + 5
    while sandbox.stripe.v1.payment_intents.retrieve(intent.id).status != "succeeded":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_delay_holds_up_nobody_else(sandbox: Any, together: Any) -> None:
    card = sandbox.card()
    sandbox.fault("customers.create", "delay", seconds=0.8)
    slow, quick = together(
        lambda: _timed(sandbox.stripe.v1.customers.create),
        lambda: _timed(lambda: sandbox.intent(*card, confirm=True)),
    )
    assert slow >= 0.8
    assert quick < 0.6


def _timed(act: Any) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


@pytest.mark.parametrize(
    "on",
    [
        "payment_intents.create",
        "payment_intents.confirm",
        "payment_intents.cancel",
        "payment_intents.retrieve",
        "checkout.sessions.create",
        "checkout.sessions.expire",
        "checkout.sessions.retrieve",
        "refunds.create",
        "refunds.retrieve",
        "customers.create",
        "customers.retrieve",
    ],
)
def test_every_operation_of_the_contract_takes_a_fault(sandbox: Any, on: str) -> None:
    sandbox.fault(on, "http_500", times=1)
    assert sandbox.control("GET", "faults")["data"][0]["on"] == on


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "http_500"},
        {"on": "payment_intents.create"},
        {"on": "payments.create", "mode": "http_500"},
        {"on": "refunds.create", "mode": "explode"},
        {"on": "refunds.create", "mode": "http_500", "times": 0},
        {"on": "refunds.create", "mode": "http_500", "rate": 2},
        {"on": "refunds.create", "mode": "delay", "seconds": -1},
        ["refunds.create"],
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: Any, wrong: Any) -> None:
    assert sandbox.raw("POST", "/_sandbox/faults", json=wrong).status_code == 400
    assert sandbox.control("GET", "faults") == {"data": []}

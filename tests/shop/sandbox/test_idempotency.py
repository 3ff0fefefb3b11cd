"""Idempotency keys (https://docs.stripe.com/api/idempotent_requests)."""

from __future__ import annotations

import sqlite3
import time
import uuid
from typing import Any

import pytest
import stripe

BARE = {"amount": "500", "currency": "gbp"}


def _post(sandbox: Any, key: str, data: dict[str, str] | None = None, path: str = "/v1/payment_intents") -> Any:
    return sandbox.raw("POST", path, data=BARE if data is None else data, headers={"Idempotency-Key": key})


@pytest.fixture
def key() -> str:
    """A key nobody has used."""
    return str(uuid.uuid4())


def test_the_same_request_has_one_effect_and_one_answer(sandbox: Any, key: str) -> None:
    first, second = _post(sandbox, key), _post(sandbox, key)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"] != second.headers["Request-Id"]


def test_the_order_of_the_parameters_does_not_matter(sandbox: Any, key: str) -> None:
    first = _post(sandbox, key)
    assert _post(sandbox, key, dict(reversed(BARE.items()))).content == first.content


def test_other_parameters_under_a_used_key_are_refused(sandbox: Any, key: str) -> None:
    options: Any = {"idempotency_key": key}
    sandbox.stripe.v1.payment_intents.create(params={"amount": 500, "currency": "gbp"}, options=options)
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        sandbox.stripe.v1.payment_intents.create(params={"amount": 501, "currency": "gbp"}, options=options)
    assert refused.value.http_status == 400
    assert refused.value.json_body["error"]["type"] == "idempotency_error"


def test_another_address_under_a_used_key_is_refused(sandbox: Any, key: str) -> None:
    _post(sandbox, key)
    other = _post(sandbox, key, {}, "/v1/customers")
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")


def test_a_decline_is_stored_and_replayed_even_when_the_card_is_good_again(sandbox: Any, key: str) -> None:
    customer, method = sandbox.card()
    intent = sandbox.intent(customer, method)
    sandbox.control("POST", f"cards/{method}", {"behaves_like": "pm_card_chargeDeclined"})
    path = f"/v1/payment_intents/{intent.id}/confirm"
    first = _post(sandbox, key, {"off_session": "true"}, path)
    sandbox.control("POST", f"cards/{method}", {})
    second = _post(sandbox, key, {"off_session": "true"}, path)
    assert (first.status_code, second.status_code) == (402, 402)
    assert first.content == second.content
    assert len(sandbox.stripe.v1.charges.list(params={"payment_intent": intent.id}).data) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({**BARE, "foo": "1"}, "parameter_unknown"),
        ({"currency": "gbp"}, "parameter_missing"),
        ({**BARE, "amount": "x"}, "parameter_invalid_integer"),
        ({**BARE, "customer": "cus_nobody"}, "resource_missing"),
    ],
)
def test_a_refused_parameter_is_not_stored(sandbox: Any, key: str, data: dict[str, str], code: str) -> None:
    refused = _post(sandbox, key, data)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert _post(sandbox, key).status_code == 200


def test_a_wrong_state_is_stored(sandbox: Any, key: str) -> None:
    intent = sandbox.paid()
    path = f"/v1/payment_intents/{intent.id}/cancel"
    assert _post(sandbox, key, {}, path).status_code == 400
    assert _post(sandbox, key, {}, path).headers["Idempotent-Replayed"] == "true"


def test_a_key_in_flight_is_409_and_then_answers(sandbox: Any, key: str, together: Any) -> None:
    sandbox.fault("payment_intents.create", "delay", seconds=0.5)

    def second() -> Any:
        time.sleep(0.2)
        return _post(sandbox, key)

    first, refused = together(lambda: _post(sandbox, key), second)
    assert (first.status_code, refused.status_code) == (200, 409)
    assert refused.json()["error"]["code"] == "idempotency_key_in_use"
    assert _post(sandbox, key).content == first.content


def test_one_key_from_many_threads_makes_one_intent(sandbox: Any, key: str, together: Any) -> None:
    answers = together(*[lambda: _post(sandbox, key)] * 6)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.ok}) == 1


def test_a_key_is_forgotten_after_a_day(own: Any, key: str) -> None:
    first = _post(own, key)
    file = sqlite3.connect(own.database, timeout=10)
    file.execute("UPDATE replies SET stored_at = stored_at - 86390")
    file.commit()
    assert _post(own, key).content == first.content
    file.execute("UPDATE replies SET stored_at = stored_at - 20")
    file.commit()
    file.close()
    assert _post(own, key).json()["id"] != first.json()["id"]


def test_moving_the_clock_does_not_age_a_key(own: Any, key: str) -> None:
    first = _post(own, key)
    own.control("POST", "clock", {"now": time.time() + 30 * 86400})
    assert _post(own, key).content == first.content


def test_reading_ignores_the_key(sandbox: Any, key: str) -> None:
    intent = sandbox.intent(*sandbox.card())
    headers = {"Idempotency-Key": key}
    before = sandbox.raw("GET", f"/v1/payment_intents/{intent.id}", headers=headers).json()
    sandbox.stripe.v1.payment_intents.cancel(intent.id)
    after = sandbox.raw("GET", f"/v1/payment_intents/{intent.id}", headers=headers).json()
    assert (before["status"], after["status"]) == ("requires_confirmation", "canceled")


def test_a_key_of_more_than_255_characters_is_refused(sandbox: Any) -> None:
    assert _post(sandbox, "k" * 256).status_code == 400

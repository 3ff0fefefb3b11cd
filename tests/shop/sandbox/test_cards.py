"""Each published test card behaves as Stripe's documentation says (https://docs.stripe.com/testing)."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

DECLINES = [
    ("4000000000000002", "pm_card_chargeDeclined", "card_declined", "generic_decline"),
    ("4000000000009995", "pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
    ("4000000000009987", "pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("4000000000009979", "pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ("4000000000000119", "pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ("4000000000006975", "pm_card_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
    ("4100000000000019", "pm_card_radarBlock", "card_declined", "fraudulent"),
]
GOOD = [
    ("4242 4242 4242 4242", "visa"),
    ("4000056655665556", "visa"),
    ("5555555555554444", "mastercard"),
    ("378282246310005", "amex"),
    ("pm_card_discover", "discover"),
    ("pm_card_diners", "diners"),
    ("pm_card_jcb", "jcb"),
    ("pm_card_unionpay", "unionpay"),
]


@pytest.mark.parametrize(("card", "brand"), GOOD)
def test_a_good_card_pays_a_session(sandbox: Any, card: str, brand: str) -> None:
    session = sandbox.session()
    assert sandbox.pay(session, card=card).status_code == 303
    found = sandbox.stripe.v1.checkout.sessions.retrieve(
        session.id, params={"expand": ["payment_intent.latest_charge"]}
    )
    assert found.payment_intent.latest_charge.payment_method_details.card.brand == brand


@pytest.mark.parametrize(("number", "name", "code", "decline_code"), DECLINES)
def test_a_bad_card_declines_on_the_page_and_over_the_api(
    sandbox: Any, number: str, name: str, code: str, decline_code: str | None
) -> None:
    session = sandbox.session()
    assert sandbox.pay(session, card=number).status_code == 402
    tried = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent"]})
    error = tried.payment_intent.last_payment_error.to_dict()
    assert (error["code"], error.get("decline_code")) == (code, decline_code)
    params = {"amount": 500, "currency": "gbp", "payment_method": name, "payment_method_types": ["card"]}
    with pytest.raises(stripe.CardError) as declined:
        sandbox.stripe.v1.payment_intents.create(params={**params, "confirm": True})
    assert declined.value.http_status == 402
    body = declined.value.json_body["error"]
    assert (body["type"], body["code"], body.get("decline_code")) == ("card_error", code, decline_code)
    charge = sandbox.stripe.v1.charges.retrieve(body["charge"])
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)


@pytest.mark.parametrize("name", [name for _, name, _, _ in DECLINES])
def test_a_bad_card_cannot_be_attached(sandbox: Any, name: str) -> None:
    customer = sandbox.stripe.v1.customers.create()
    with pytest.raises(stripe.CardError):
        sandbox.stripe.v1.payment_methods.attach(name, params={"customer": customer.id})
    assert sandbox.stripe.v1.customers.payment_methods.list(customer.id).data == []


def test_the_longer_names_of_stripes_documentation_work_too(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create()
    with pytest.raises(stripe.CardError) as declined:
        sandbox.stripe.v1.payment_methods.attach(
            "pm_card_visa_chargeDeclinedInsufficientFunds", params={"customer": customer.id}
        )
    assert declined.value.error.decline_code == "insufficient_funds"


def test_the_card_that_saves_and_then_declines(sandbox: Any) -> None:
    customer, method = sandbox.card("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as declined:
        sandbox.intent(customer, method, confirm=True, off_session=True)
    assert declined.value.error.decline_code == "generic_decline"


def _off_session(sandbox: Any, customer: str, method: str) -> str:
    """How an off-session charge ends: its intent's status, or the code, the decline code and the status after."""
    try:
        return str(sandbox.intent(customer, method, confirm=True, off_session=True).status)
    except stripe.CardError as error:
        return f"{error.code} {error.error.decline_code} {error.error.payment_intent.status}"


REFUSED = "authentication_required authentication_required requires_payment_method"


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("pm_card_authenticationRequiredOnSetup", "succeeded"),
        ("pm_card_authenticationRequired", REFUSED),
        ("pm_card_authenticationRequiredSetupForOffSession", "succeeded"),
    ],
)
def test_a_card_that_was_authenticated_when_saved(sandbox: Any, name: str, later: str) -> None:
    session = sandbox.session()
    asked = sandbox.pay(session, card=name)
    assert asked.status_code == 200
    assert "Complete authentication" in asked.text
    assert sandbox.pay(session, authenticate="complete").status_code == 303
    paid = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent"]})
    assert _off_session(sandbox, paid.customer, paid.payment_intent.payment_method) == later


def test_the_card_that_must_be_set_up_wants_authentication_until_it_is(sandbox: Any) -> None:
    customer, method = sandbox.card("pm_card_authenticationRequiredOnSetup")
    assert _off_session(sandbox, customer, method) == REFUSED


def test_the_card_that_is_authenticated_and_then_has_no_funds(sandbox: Any) -> None:
    session = sandbox.session()
    assert sandbox.pay(session, card="4000008260003178").status_code == 200
    refused = sandbox.pay(session, authenticate="complete")
    assert refused.status_code == 402
    assert "insufficient funds" in refused.text


def test_a_saved_card_can_be_told_to_decline_and_set_back(sandbox: Any) -> None:
    customer, method = sandbox.card()
    told = sandbox.control("POST", f"cards/{method}", {"behaves_like": "pm_card_chargeDeclinedInsufficientFunds"})
    assert told["behaves_like"] == "pm_card_chargeDeclinedInsufficientFunds"
    with pytest.raises(stripe.CardError) as declined:
        sandbox.intent(customer, method, confirm=True, off_session=True)
    assert declined.value.error.decline_code == "insufficient_funds"
    assert sandbox.control("POST", f"cards/{method}", {"behaves_like": None})["behaves_like"] == "pm_card_visa"
    assert sandbox.intent(customer, method, confirm=True, off_session=True).status == "succeeded"


def test_telling_a_card_nonsense_is_refused(sandbox: Any) -> None:
    _, method = sandbox.card()
    wrong = sandbox.raw("POST", f"/_sandbox/cards/{method}", json={"behaves_like": "pm_card_nothing"})
    assert wrong.status_code == 400
    assert sandbox.raw("GET", "/_sandbox/cards/pm_nothing").status_code == 404
    form = sandbox.raw("POST", f"/_sandbox/cards/{method}", data={"behaves_like": "pm_card_amex"})
    assert form.json()["behaves_like"] == "pm_card_amex"

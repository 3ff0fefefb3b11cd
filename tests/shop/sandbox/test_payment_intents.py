"""PaymentIntents: each state and what it allows."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe

CARD_ONLY = {"payment_method_types": ["card"]}


def test_a_new_intent_waits_for_a_card_or_for_confirmation(sandbox: Any) -> None:
    bare = sandbox.stripe.v1.payment_intents.create(params={"amount": 500, "currency": "GBP"})
    assert (bare.status, bare.currency, bare.latest_charge) == ("requires_payment_method", "gbp", None)
    assert sandbox.intent(*sandbox.card()).status == "requires_confirmation"


def test_an_unconfirmed_intent_takes_money_when_confirmed_off_session(sandbox: Any) -> None:
    customer, method = sandbox.card()
    intent = sandbox.intent(customer, method, 4500, metadata={"order": "R-2", "attempt": "1"})
    assert intent.amount_received == 0
    paid = sandbox.stripe.v1.payment_intents.confirm(
        intent.id, params={"off_session": True, "expand": ["latest_charge"]}
    )
    charge = paid.latest_charge
    assert (paid.status, paid.amount_received, charge.amount) == ("succeeded", 4500, 4500)
    assert charge.metadata.to_dict() == {"order": "R-2", "attempt": "1"}
    assert (charge.customer, charge.payment_method, charge.payment_intent) == (customer, method, intent.id)


def test_a_decline_leaves_the_evidence_and_another_card_may_follow(sandbox: Any) -> None:
    customer, method = sandbox.card()
    sandbox.control("POST", f"cards/{method}", {"behaves_like": "pm_card_chargeDeclinedLostCard"})
    intent = sandbox.intent(customer, method)
    with pytest.raises(stripe.CardError) as declined:
        sandbox.stripe.v1.payment_intents.confirm(intent.id, params={"off_session": True})
    error = declined.value.error
    assert (error.payment_intent.id, error.payment_method.id, error.decline_code) == (intent.id, method, "lost_card")
    failed = sandbox.stripe.v1.payment_intents.retrieve(intent.id, params={"expand": ["latest_charge"]})
    assert (failed.status, failed.payment_method, failed.amount_received) == ("requires_payment_method", None, 0)
    assert failed.last_payment_error.payment_method.id == method
    assert (failed.latest_charge.id, failed.latest_charge.status) == (error.charge, "failed")
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        sandbox.stripe.v1.payment_intents.confirm(intent.id, params={"off_session": True})
    sandbox.control("POST", f"cards/{method}", {})
    paid = sandbox.stripe.v1.payment_intents.confirm(intent.id, params={"off_session": True, "payment_method": method})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    assert len(sandbox.stripe.v1.charges.list(params={"payment_intent": intent.id}).data) == 2


@pytest.mark.parametrize("act", ["confirm", "cancel"])
def test_a_succeeded_intent_can_be_neither_confirmed_nor_cancelled(sandbox: Any, act: str) -> None:
    intent = sandbox.paid()
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded") as refused:
        getattr(sandbox.stripe.v1.payment_intents, act)(intent.id)
    assert (refused.value.code, refused.value.http_status) == ("payment_intent_unexpected_state", 400)
    assert refused.value.error.payment_intent.id == intent.id
    assert len(sandbox.stripe.v1.charges.list(params={"payment_intent": intent.id}).data) == 1


def test_a_cancelled_intent_stays_cancelled(sandbox: Any) -> None:
    intent = sandbox.intent(*sandbox.card())
    cancelled = sandbox.stripe.v1.payment_intents.cancel(intent.id, params={"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    for act in (sandbox.stripe.v1.payment_intents.confirm, sandbox.stripe.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            act(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"
    assert sandbox.stripe.v1.payment_intents.retrieve(intent.id).status == "canceled"


def test_confirming_at_once_takes_money_once(sandbox: Any, together: Any) -> None:
    for _ in range(5):
        intent = sandbox.intent(*sandbox.card())
        confirm = lambda intent=intent: sandbox.stripe.v1.payment_intents.confirm(intent.id)  # noqa: E731
        ends = together(confirm, confirm, confirm, confirm)
        assert sum(not isinstance(end, Exception) for end in ends) == 1
        codes = {end.code for end in ends if isinstance(end, stripe.StripeError)}
        assert codes == {"payment_intent_unexpected_state"}
        assert len(sandbox.stripe.v1.charges.list(params={"payment_intent": intent.id}).data) == 1


def test_confirming_and_cancelling_at_once_has_one_outcome(sandbox: Any, together: Any) -> None:
    for _ in range(5):
        intent = sandbox.intent(*sandbox.card())
        together(
            lambda intent=intent: sandbox.stripe.v1.payment_intents.confirm(intent.id),
            lambda intent=intent: sandbox.stripe.v1.payment_intents.cancel(intent.id),
        )
        found = sandbox.stripe.v1.payment_intents.retrieve(intent.id)
        charges = sandbox.stripe.v1.charges.list(params={"payment_intent": intent.id}).data
        assert (found.status, len(charges)) in [("succeeded", 1), ("canceled", 0)]


def test_off_session_needs_a_card_saved_with_that_customer(sandbox: Any) -> None:
    customer, _ = sandbox.card()
    _, others = sandbox.card()
    with pytest.raises(stripe.InvalidRequestError, match="attach it to a Customer first"):
        sandbox.intent(customer, "pm_card_visa", confirm=True, off_session=True)
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        sandbox.intent(customer, others, confirm=True, off_session=True)
    params = {"amount": 500, "currency": "gbp", "payment_method": others, **CARD_ONLY}
    with pytest.raises(stripe.InvalidRequestError, match="include the Customer"):
        sandbox.stripe.v1.payment_intents.create(params={**params, "confirm": True, "off_session": True})


def test_an_intent_that_may_redirect_needs_a_return_url(sandbox: Any) -> None:
    customer, method = sandbox.card()
    params = {"amount": 500, "currency": "gbp", "customer": customer, "payment_method": method, "confirm": True}
    with pytest.raises(stripe.InvalidRequestError, match="must provide a `return_url`"):
        sandbox.stripe.v1.payment_intents.create(params=params)
    never = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    for more in ({"return_url": "http://shop.test/back"}, never, CARD_ONLY):
        assert sandbox.stripe.v1.payment_intents.create(params={**params, **more}).status == "succeeded"


def test_authentication_goes_through_the_banks_page_and_back(sandbox: Any) -> None:
    customer, method = sandbox.card("pm_card_authenticationRequired")
    back = "http://shop.test/back?order=1"
    for answer, status in (("fail", "requires_payment_method"), ("complete", "succeeded")):
        intent = sandbox.intent(customer, method, confirm=True, return_url=back)
        assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
        page = intent.next_action.redirect_to_url.url
        assert "Complete authentication" in requests.get(page, timeout=10).text
        sent = requests.post(page, data={"authenticate": answer}, allow_redirects=False, timeout=10)
        assert sent.headers["Location"].startswith(f"{back}&payment_intent={intent.id}&")
        assert f"redirect_status={'succeeded' if answer == 'complete' else 'failed'}" in sent.headers["Location"]
        assert sandbox.stripe.v1.payment_intents.retrieve(intent.id).status == status
        assert requests.get(page, timeout=10).status_code == 404


def test_without_a_return_url_the_action_is_left_to_the_page(sandbox: Any) -> None:
    intent = sandbox.intent(*sandbox.card("pm_card_authenticationRequired"), confirm=True)
    assert (intent.status, intent.next_action.type) == ("requires_action", "use_stripe_sdk")
    assert sandbox.stripe.v1.payment_intents.cancel(intent.id).status == "canceled"


def test_error_on_requires_action_declines_instead_of_asking(sandbox: Any) -> None:
    customer, method = sandbox.card("pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as declined:
        sandbox.intent(customer, method, confirm=True, error_on_requires_action=True)
    assert (declined.value.code, declined.value.error.decline_code) == (
        "authentication_required",
        "authentication_not_handled",
    )


def test_setup_future_usage_saves_the_card_when_it_pays(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create().id
    paid = sandbox.intent(customer, "pm_card_visa", confirm=True, setup_future_usage="off_session")
    assert sandbox.stripe.v1.payment_methods.retrieve(paid.payment_method).customer == customer
    declined = sandbox.stripe.v1.customers.create().id
    with pytest.raises(stripe.CardError):
        sandbox.intent(declined, "pm_card_chargeDeclined", confirm=True, setup_future_usage="off_session")
    assert sandbox.stripe.v1.customers.payment_methods.list(declined).data == []


def test_an_unpaid_intent_can_be_changed_and_a_paid_one_only_described(sandbox: Any) -> None:
    customer, method = sandbox.card()
    intent = sandbox.stripe.v1.payment_intents.create(params={"amount": 500, "currency": "gbp", **CARD_ONLY})
    changes = {"amount": 700, "customer": customer, "payment_method": method, "metadata": {"order": "1"}}
    changed = sandbox.stripe.v1.payment_intents.update(intent.id, params=changes)
    assert (changed.amount, changed.status) == (700, "requires_confirmation")
    assert sandbox.stripe.v1.payment_intents.confirm(intent.id).amount_received == 700
    described = sandbox.stripe.v1.payment_intents.update(intent.id, params={"metadata": {"order": "2"}})
    assert described.metadata["order"] == "2"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.stripe.v1.payment_intents.update(intent.id, params={"amount": 900})
    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"amount": -5}, "parameter_invalid_integer"),
        ({"amount": 29}, "amount_too_small"),
        ({"amount": 100_000_000}, "amount_too_large"),
        ({"currency": "zzz"}, None),
        ({"off_session": True}, None),
        ({"capture_method": "manual"}, None),
        ({"payment_method": "pm_nothing"}, "resource_missing"),
        ({"payment_method_types": ["card"], "automatic_payment_methods": {"enabled": True}}, "parameter_invalid"),
    ],
)
def test_an_impossible_intent_is_refused(sandbox: Any, params: dict[str, Any], code: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.stripe.v1.payment_intents.create(params={"amount": 500, "currency": "gbp", **params})
    assert (refused.value.http_status, refused.value.code) == (400, code)


def test_intents_are_listed_by_customer_newest_first(sandbox: Any) -> None:
    customer, method = sandbox.card()
    made = [sandbox.intent(customer, method, amount).id for amount in (100, 200, 300)]
    listed = sandbox.stripe.v1.payment_intents.list(params={"customer": customer})
    assert [intent.id for intent in listed.data] == made[::-1]

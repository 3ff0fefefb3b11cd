"""What becomes of saved cards: they expire, are renewed by their bank, are removed; and what comes with a decline."""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe

from shop.sandbox.people.methods import expires

EVENTS = ("payment_method.automatically_updated", "radar.early_fraud_warning.created")


def charge(sandbox: Any, customer: str, method: str) -> Any:
    return sandbox.intent(customer, method, confirm=True, off_session=True)


def refused(sandbox: Any, customer: str, method: str) -> Any:
    with pytest.raises(stripe.CardError) as declined:
        charge(sandbox, customer, method)
    return declined.value.error


def test_a_card_whose_month_is_over_is_declined_and_cannot_be_saved(sandbox: Any) -> None:
    customer, method = sandbox.card()
    sandbox.stripe.v1.payment_methods.update(method, params={"card": {"exp_month": 1, "exp_year": 2020}})
    error = refused(sandbox, customer, method)
    assert (error.code, error.advice_code, error.network_decline_code) == ("expired_card", "confirm_card_data", "54")
    page = sandbox.stripe.v1.checkout.sessions.create(
        params={"mode": "setup", "customer": customer, "currency": "gbp", "success_url": "http://shop.test/"}
    )
    assert sandbox.pay(page, card="4242424242424242", expires="01/2020").status_code == 402
    assert sandbox.pay(page, card="4242424242424242", expires="13/2030").status_code == 402
    assert sandbox.pay(page, card="4242424242424242", expires="07/2031").status_code == 303


def test_what_stands_on_a_saved_card_is_shown_with_the_page_that_saved_it(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create().id
    sessions = sandbox.stripe.v1.checkout.sessions
    params = {"mode": "setup", "customer": customer, "currency": "gbp", "success_url": "http://shop.test/"}
    page = sessions.create(params={**params, "payment_method_types": ["card"]})
    sandbox.pay(page, card="5555555555554444", expires="07/2031")
    seen = sessions.retrieve(page.id, params={"expand": ["setup_intent.payment_method"]})
    card = seen.setup_intent.payment_method.card
    assert (seen.status, seen.payment_intent, card.exp_month, card.exp_year) == ("complete", None, 7, 2031)
    assert (card.brand, card.last4, seen.setup_intent.payment_method.customer) == ("mastercard", "4444", customer)


def test_a_renewed_card_is_told_of_with_what_it_was_before(own: Any) -> None:
    _, method = own.card()
    own.control("POST", f"cards/{method}/renew", {"expires": "05/2040", "last4": "1881"})
    [event] = own.stripe.v1.events.list(params={"type": EVENTS[0]}).data
    before = event.data.to_dict()["previous_attributes"]["card"]
    assert (before["last4"], before["exp_year"]) == ("4242", expires(int(time.time())))
    card = own.stripe.v1.payment_methods.retrieve(method).card
    assert (card.last4, card.exp_month, card.exp_year) == ("1881", 5, 2040)
    own.control("POST", f"cards/{method}/renew", {"expires": "05/2041", "quietly": True})
    assert len(own.stripe.v1.events.list(params={"type": EVENTS[0]}).data) == 1


def test_the_networks_advice_comes_with_the_error_and_with_the_charge(sandbox: Any) -> None:
    customer, method = sandbox.card()
    said = {"advice": "do_not_try_again", "network": "R1", "network_advice": "21"}
    sandbox.control("POST", f"cards/{method}", {"behaves_like": "pm_card_chargeDeclined", **said})
    error = refused(sandbox, customer, method)
    told = (error.advice_code, error.network_decline_code, error.network_advice_code)
    assert told == ("do_not_try_again", "R1", "21")
    outcome = sandbox.stripe.v1.charges.retrieve(error.charge).outcome
    assert (outcome.advice_code, outcome.network_decline_code, outcome.network_advice_code) == told
    sandbox.control("POST", f"cards/{method}", {})
    assert charge(sandbox, customer, method).status == "succeeded"


def test_a_detached_card_cannot_be_charged_and_a_deleted_customer_takes_the_cards_along(own: Any) -> None:
    customer, method = own.card()
    own.stripe.v1.payment_methods.detach(method)
    with pytest.raises(stripe.InvalidRequestError, match="detached"):
        charge(own, customer, method)
    other, saved = own.card()
    own.stripe.v1.customers.delete(other)
    assert own.stripe.v1.payment_methods.retrieve(saved).customer is None
    kinds = [event.type for event in own.stripe.v1.events.list().data]
    assert kinds.count("payment_method.detached") == 2
    assert "customer.deleted" in kinds


def test_a_bank_warns_of_fraud_and_the_warning_can_be_looked_up(own: Any) -> None:
    paid = own.paid()
    warned = own.control("POST", "fraud-warnings", {"charge": paid.latest_charge})
    seen = own.stripe.v1.radar.early_fraud_warnings.retrieve(warned["id"])
    assert (seen.payment_intent, seen.charge, seen.actionable) == (paid.id, paid.latest_charge, True)
    [listed] = own.stripe.v1.radar.early_fraud_warnings.list(params={"payment_intent": paid.id}).data
    assert listed.id == warned["id"]
    [event] = own.stripe.v1.events.list(params={"type": EVENTS[1]}).data
    assert event.data.object.id == warned["id"]


@pytest.mark.parametrize("said", [{"charge": "ch_no"}, {}])
def test_a_warning_about_nothing_is_refused(sandbox: Any, said: dict[str, str]) -> None:
    import requests

    answer = requests.post(f"{sandbox.url}/_sandbox/fraud-warnings", json=said, timeout=10)
    assert answer.status_code in (400, 404)

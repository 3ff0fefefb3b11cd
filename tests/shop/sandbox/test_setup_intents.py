"""SetupIntents: a card is saved and no money taken."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe

CARD_ONLY = {"payment_method_types": ["card"]}


def test_setup_intents_show_the_card_to_the_bank(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create().id
    setups = sandbox.stripe.v1.setup_intents
    setup = setups.create(params={"customer": customer, **CARD_ONLY})
    assert setup.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        setups.confirm(setup.id)
    with pytest.raises(stripe.CardError) as declined:
        setups.confirm(setup.id, params={"payment_method": "pm_card_chargeDeclined"})
    assert declined.value.error.setup_intent.last_setup_error.code == "card_declined"
    done = setups.confirm(setup.id, params={"payment_method": "pm_card_visa"})
    assert done.status == "succeeded"
    assert sandbox.stripe.v1.payment_methods.retrieve(done.payment_method).customer == customer
    with pytest.raises(stripe.InvalidRequestError) as refused:
        setups.cancel(setup.id)
    assert refused.value.code == "setup_intent_unexpected_state"


def test_a_setup_intent_can_be_authenticated_changed_and_cancelled(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create().id
    setups = sandbox.stripe.v1.setup_intents
    params = {"customer": customer, "payment_method": "pm_card_authenticationRequiredOnSetup", "confirm": True}
    asked = setups.create(params={**params, **CARD_ONLY, "return_url": "http://shop.test/back"})
    page = asked.next_action.redirect_to_url.url
    requests.post(page, data={"authenticate": "complete"}, allow_redirects=False, timeout=10)
    assert setups.retrieve(asked.id).status == "succeeded"
    other = setups.create(params=CARD_ONLY)
    assert setups.update(other.id, params={"payment_method": "pm_card_visa"}).status == "requires_confirmation"
    assert setups.cancel(other.id).status == "canceled"
    by_method = setups.list(params={"customer": customer, "payment_method": asked.payment_method})
    assert [setup.id for setup in by_method.data] == [asked.id]

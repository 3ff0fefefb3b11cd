"""Customers and their cards, through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest
import stripe


def test_a_customer_keeps_what_they_were_made_with(sandbox: Any) -> None:
    address = {"line1": "1 High Street", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}
    made = sandbox.stripe.v1.customers.create(
        params={"email": "ann@example.com", "address": address, "metadata": {"person": "7"}}
    )
    found = sandbox.stripe.v1.customers.retrieve(made.id)
    assert (found.email, found["address"]["city"], found.metadata["person"]) == ("ann@example.com", "Leeds", "7")


def test_metadata_is_merged_and_an_empty_value_takes_a_name_away(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create(params={"metadata": {"a": "1", "b": "2"}})
    updated = sandbox.stripe.v1.customers.update(customer.id, params={"metadata": {"b": "", "c": "3"}})
    assert updated.metadata.to_dict() == {"a": "1", "c": "3"}
    assert sandbox.stripe.v1.customers.update(customer.id, params={"metadata": ""}).metadata.to_dict() == {}


def test_an_empty_string_unsets_a_field(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create(params={"email": "ann@example.com"})
    assert sandbox.stripe.v1.customers.update(customer.id, params={"phone": "1", "email": ""}).email is None


def test_a_deleted_customer_is_a_tombstone_and_loses_their_cards(sandbox: Any) -> None:
    customer, method = sandbox.card()
    assert sandbox.stripe.v1.customers.delete(customer).deleted
    assert sandbox.stripe.v1.customers.retrieve(customer).to_dict() == {
        "id": customer,
        "object": "customer",
        "deleted": True,
    }
    assert sandbox.stripe.v1.payment_methods.retrieve(method).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        sandbox.stripe.v1.customers.update(customer, params={"name": "x"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.stripe.v1.payment_intents.create(params={"amount": 100, "currency": "gbp", "customer": customer})
    assert (refused.value.code, refused.value.param, refused.value.http_status) == ("resource_missing", "customer", 400)


def test_an_unknown_customer_is_404_resource_missing(sandbox: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_nobody'") as missing:
        sandbox.stripe.v1.customers.retrieve("cus_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_customers_are_found_by_email(own: Any) -> None:
    for email in ("a@example.com", "b@example.com", "a@example.com"):
        own.stripe.v1.customers.create(params={"email": email})
    own.stripe.v1.customers.delete(own.stripe.v1.customers.list(params={"email": "b@example.com"}).data[0].id)
    assert len(own.stripe.v1.customers.list(params={"email": "a@example.com"}).data) == 2
    assert len(own.stripe.v1.customers.list().data) == 2


def test_a_customers_cards_are_listed_until_detached(sandbox: Any) -> None:
    customer, first = sandbox.card()
    second = sandbox.stripe.v1.payment_methods.attach("pm_card_mastercard", params={"customer": customer}).id
    listed = sandbox.stripe.v1.customers.payment_methods.list(customer, params={"type": "card"})
    assert [method.id for method in listed.data] == [second, first]
    sandbox.stripe.v1.payment_methods.detach(first)
    by_customer = sandbox.stripe.v1.payment_methods.list(params={"customer": customer})
    assert [(method.id, method.card.brand) for method in by_customer.data] == [(second, "mastercard")]


def test_a_detached_card_cannot_be_used_or_attached_again(sandbox: Any) -> None:
    customer, method = sandbox.card()
    sandbox.stripe.v1.payment_methods.detach(method)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        sandbox.stripe.v1.payment_methods.attach(method, params={"customer": customer})
    with pytest.raises(stripe.InvalidRequestError, match="detached"):
        sandbox.intent(customer, method)
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        sandbox.stripe.v1.payment_methods.detach(method)


def test_a_card_belongs_to_one_customer(sandbox: Any) -> None:
    _, method = sandbox.card()
    other, _ = sandbox.card()
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        sandbox.stripe.v1.payment_methods.attach(method, params={"customer": other})
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        sandbox.intent(other, method)


def test_a_card_is_made_from_a_number_and_can_be_changed_once_saved(sandbox: Any) -> None:
    given = {"number": "5555555555554444", "exp_month": 4, "exp_year": 2031, "cvc": "123"}
    made = sandbox.stripe.v1.payment_methods.create(params={"type": "card", "card": given})
    assert (made.card.brand, made.card.last4, made.card.exp_year) == ("mastercard", "4444", 2031)
    with pytest.raises(stripe.InvalidRequestError, match="before you can update"):
        sandbox.stripe.v1.payment_methods.update(made.id, params={"metadata": {"a": "1"}})
    customer = sandbox.stripe.v1.customers.create(params={"payment_method": made.id})
    updated = sandbox.stripe.v1.payment_methods.update(made.id, params={"card": {"exp_year": 2035}})
    assert (updated.customer, updated.card.exp_year) == (customer.id, 2035)


def test_a_wrong_number_is_a_card_error(sandbox: Any) -> None:
    given = {"number": "4242424242424241", "exp_month": 4, "exp_year": 2031}
    with pytest.raises(stripe.CardError) as wrong:
        sandbox.stripe.v1.payment_methods.create(params={"type": "card", "card": given})
    assert wrong.value.code == "incorrect_number"


def test_attaching_to_nobody_and_attaching_an_unknown_card_are_refused(sandbox: Any) -> None:
    customer, method = sandbox.card()
    with pytest.raises(stripe.InvalidRequestError) as nobody:
        sandbox.stripe.v1.payment_methods.attach(method)
    assert nobody.value.code == "parameter_missing"
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        sandbox.stripe.v1.payment_methods.attach("pm_nothing", params={"customer": customer})
    assert unknown.value.http_status == 404


def test_the_account_can_charge(sandbox: Any) -> None:
    assert sandbox.stripe.v1.accounts.retrieve_current().charges_enabled

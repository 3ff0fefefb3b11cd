"""Lists and expansion."""

from __future__ import annotations

from typing import Any

import pytest
import stripe


def test_a_list_is_paged_forwards_and_backwards(own: Any) -> None:
    made = [own.stripe.v1.customers.create().id for _ in range(5)][::-1]
    customers = own.stripe.v1.customers
    first = customers.list(params={"limit": 2})
    assert ([each.id for each in first.data], first.has_more) == (made[:2], True)
    second = customers.list(params={"limit": 2, "starting_after": made[1]})
    assert ([each.id for each in second.data], second.has_more) == (made[2:4], True)
    last = customers.list(params={"limit": 2, "starting_after": made[3]})
    assert ([each.id for each in last.data], last.has_more) == (made[4:], False)
    back = customers.list(params={"limit": 2, "ending_before": made[3]})
    assert ([each.id for each in back.data], back.has_more) == (made[1:3], True)
    assert customers.list(params={"limit": 5}).has_more is False


def test_the_sdk_pages_by_itself(own: Any) -> None:
    made = {own.stripe.v1.customers.create().id for _ in range(12)}
    assert {each.id for each in own.stripe.v1.customers.list(params={"limit": 5}).auto_paging_iter()} == made


def test_ten_is_what_a_list_holds_unless_told(own: Any) -> None:
    for _ in range(12):
        own.stripe.v1.customers.create()
    assert len(own.stripe.v1.customers.list().data) == 10


@pytest.mark.parametrize(
    ("params", "param"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"starting_after": "cus_no"}, "starting_after")],
)
def test_a_page_that_cannot_be_is_refused(sandbox: Any, params: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.stripe.v1.customers.list(params=params)
    assert refused.value.param == param


def test_a_list_is_narrowed_by_when_things_were_made(own: Any) -> None:
    early = own.stripe.v1.customers.create()
    own.control("POST", "clock", {"now": early.created + 1000})
    late = own.stripe.v1.customers.create()
    listed = own.stripe.v1.customers.list(params={"created": {"gte": early.created + 500}})
    assert [each.id for each in listed.data] == [late.id]
    listed = own.stripe.v1.customers.list(params={"created": {"lt": early.created + 500}})
    assert [each.id for each in listed.data] == [early.id]


def test_objects_are_expanded_along_several_paths(sandbox: Any) -> None:
    session = sandbox.session()
    sandbox.pay(session, card="4242424242424242")
    paths = ["payment_intent.latest_charge", "payment_intent.payment_method.customer", "customer"]
    found = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": paths})
    intent = found.payment_intent
    assert intent.latest_charge.payment_intent == intent.id
    assert intent.payment_method.customer.id == found.customer.id == session.customer
    assert found.setup_intent is None


def test_a_new_object_and_each_of_a_list_are_expanded(sandbox: Any) -> None:
    intent = sandbox.paid(expand=["latest_charge", "customer"])
    assert (intent.latest_charge.amount, intent.customer.email) == (4500, "ann@example.com")
    params = {"payment_intent": intent.id, "expand": ["data.payment_intent.payment_method", "data.customer"]}
    [charge] = sandbox.stripe.v1.charges.list(params=params).data
    assert charge.payment_intent.payment_method.card.last4 == "4242"
    assert charge.customer.id == intent.customer.id


def test_a_deleted_customer_is_expanded_to_a_tombstone(sandbox: Any) -> None:
    intent = sandbox.paid()
    sandbox.stripe.v1.customers.delete(intent.customer)
    found = sandbox.stripe.v1.payment_intents.retrieve(intent.id, params={"expand": ["customer"]})
    assert found.customer.to_dict() == {"id": intent.customer, "object": "customer", "deleted": True}


@pytest.mark.parametrize("path", ["amount", "customer.nothing", "data.customer", "payment_method.customer.x.y.z"])
def test_what_cannot_be_expanded_is_refused(sandbox: Any, path: str) -> None:
    intent = sandbox.intent(*sandbox.card())
    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        sandbox.stripe.v1.payment_intents.retrieve(intent.id, params={"expand": [path]})


def test_a_list_is_not_expanded_without_data(sandbox: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        sandbox.stripe.v1.charges.list(params={"expand": ["customer"]})


def test_charges_are_listed_by_customer_and_can_be_described(sandbox: Any) -> None:
    intent = sandbox.paid()
    sandbox.stripe.v1.charges.update(intent.latest_charge, params={"metadata": {"note": "x"}})
    [charge] = sandbox.stripe.v1.charges.list(params={"customer": intent.customer}).data
    assert charge.metadata["note"] == "x"

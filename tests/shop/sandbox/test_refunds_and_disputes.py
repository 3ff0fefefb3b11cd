"""Money back: refunds and disputes."""

from __future__ import annotations

from typing import Any

import pytest
import stripe


def test_a_payment_is_refunded_whole_by_its_intent(sandbox: Any) -> None:
    intent = sandbox.paid(4500)
    refund = sandbox.stripe.v1.refunds.create(
        params={"payment_intent": intent.id, "reason": "requested_by_customer", "metadata": {"order": "1"}}
    )
    charge = sandbox.stripe.v1.charges.retrieve(intent.latest_charge)
    assert (refund.amount, refund.status, refund.charge, refund.metadata["order"]) == (
        4500,
        "succeeded",
        charge.id,
        "1",
    )
    assert (charge.amount_refunded, charge.refunded) == (4500, True)


def test_parts_are_refunded_until_nothing_is_left(sandbox: Any) -> None:
    charge = sandbox.paid(1000).latest_charge
    refunds = sandbox.stripe.v1.refunds
    refunds.create(params={"charge": charge, "amount": 400})
    after = sandbox.stripe.v1.charges.retrieve(charge, params={"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded, len(after.refunds.data)) == (400, False, 1)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount on charge") as too_much:
        refunds.create(params={"charge": charge, "amount": 601})
    assert (too_much.value.param, too_much.value.http_status) == ("amount", 400)
    assert refunds.create(params={"charge": charge}).amount == 600
    with pytest.raises(stripe.InvalidRequestError) as twice:
        refunds.create(params={"charge": charge, "amount": 1})
    assert twice.value.code == "charge_already_refunded"
    assert [each.amount for each in refunds.list(params={"charge": charge}).data] == [600, 400]


def test_refunds_at_once_never_exceed_the_payment(sandbox: Any, together: Any) -> None:
    intent = sandbox.paid(1000)
    refund = lambda: sandbox.stripe.v1.refunds.create(params={"payment_intent": intent.id, "amount": 400})  # noqa: E731
    ends = together(*[refund] * 4)
    assert sum(not isinstance(end, Exception) for end in ends) == 2
    assert sandbox.stripe.v1.charges.retrieve(intent.latest_charge).amount_refunded == 800


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "payment_intent or charge"),
        ({"charge": "ch_nothing"}, "No such charge"),
        ({"payment_intent": "pi_nothing"}, "No such payment_intent"),
    ],
)
def test_a_refund_of_nothing_is_refused(sandbox: Any, params: dict[str, Any], words: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words):
        sandbox.stripe.v1.refunds.create(params=params)


def test_what_took_no_money_cannot_be_refunded(sandbox: Any) -> None:
    intent = sandbox.intent(*sandbox.card())
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        sandbox.stripe.v1.refunds.create(params={"payment_intent": intent.id})
    customer, method = sandbox.card("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as declined:
        sandbox.intent(customer, method, confirm=True)
    with pytest.raises(stripe.InvalidRequestError, match="took no money"):
        sandbox.stripe.v1.refunds.create(params={"charge": declined.value.error.charge})


def test_a_refunds_metadata_can_be_changed(sandbox: Any) -> None:
    refund = sandbox.stripe.v1.refunds.create(params={"payment_intent": sandbox.paid().id})
    sandbox.stripe.v1.refunds.update(refund.id, params={"metadata": {"note": "x"}})
    assert sandbox.stripe.v1.refunds.retrieve(refund.id).metadata["note"] == "x"


def test_the_list_of_charges_that_took_money(own: Any) -> None:
    first = own.paid(1000, metadata={"order": "R-1", "root_order": "R-1", "refill": "", "attempt": "1"})
    second = own.paid(2000)
    customer, method = own.card("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        own.intent(customer, method, confirm=True)
    own.stripe.v1.refunds.create(params={"payment_intent": first.id})
    listed = own.control("GET", "charges")["data"]
    assert [(each["id"], each["amount"], each["refunded"]) for each in listed] == [
        (second.latest_charge, 2000, 0),
        (first.latest_charge, 1000, 1000),
    ]
    assert listed[1]["metadata"] == {"order": "R-1", "root_order": "R-1", "attempt": "1"}
    assert listed[1]["currency"] == "gbp"
    assert isinstance(listed[1]["created"], int)


def test_the_list_of_charges_is_not_paged(own: Any) -> None:
    customer, method = own.card()
    for amount in range(101, 226):
        own.intent(customer, method, amount, confirm=True, off_session=True)
    assert len(own.control("GET", "charges")["data"]) == 125


def test_a_disputed_payment_cannot_be_refunded(sandbox: Any) -> None:
    intent = sandbox.intent(*sandbox.card("pm_card_createDispute"), confirm=True)
    [dispute] = sandbox.stripe.v1.disputes.list(params={"payment_intent": intent.id}).data
    assert (dispute.status, dispute.amount, dispute.charge) == ("needs_response", 4500, intent.latest_charge)
    assert sandbox.stripe.v1.charges.retrieve(intent.latest_charge).disputed
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.stripe.v1.refunds.create(params={"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"


def test_a_dispute_is_opened_and_ended_by_a_test(sandbox: Any) -> None:
    intent = sandbox.paid()
    opened = sandbox.control("POST", "disputes", {"charge": intent.latest_charge})
    assert sandbox.raw("POST", "/_sandbox/disputes", json={"charge": intent.latest_charge}).status_code == 400
    assert sandbox.control("POST", f"disputes/{opened['id']}", {"status": "won"})["status"] == "won"
    assert sandbox.stripe.v1.refunds.create(params={"payment_intent": intent.id}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        sandbox.stripe.v1.disputes.close(opened["id"])


def test_giving_in_loses_a_dispute(sandbox: Any) -> None:
    intent = sandbox.intent(*sandbox.card("pm_card_createDispute"), confirm=True)
    [dispute] = sandbox.stripe.v1.disputes.list(params={"charge": intent.latest_charge}).data
    assert sandbox.stripe.v1.disputes.close(dispute.id).status == "lost"
    assert sandbox.stripe.v1.disputes.retrieve(dispute.id).status == "lost"

"""Charges and payments that differ are found once, mended by their button, and not found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import audit, clock
from kits.errors import WrongState
from shop.orders.tables import Order
from shop.payments.settle import settle_page
from shop.payments.tables import Payment, Refund
from shop.reconciliation import kinds
from shop.reconciliation.mending import repairing
from tests.journeys.driving import Bought, Driver
from tests.shop.payments.giving_back.test_money_back import refunded
from tests.shop.reconciliation.conftest import (
    STAFF,
    agreed,
    charge_by_hand,
    compare,
    falsify,
    findings_of,
    found,
    intent,
    later,
    mend,
    the_finding,
)

Read = Callable[[Any], list[Any]]


def test_paid_at_stripe_and_no_word_of_it_came(driver: Driver, read: Read) -> None:
    order = driver.order()
    driver.pay(driver.page(order.order_id))
    later(driver)
    assert (compare().opened, compare().opened) == (1, 0), "found twice, it stands there once"
    assert [kind for kind, _ in found()] == [kinds.CHARGE_UNSETTLED]
    mend()
    assert driver.state(order.order_id) == "paid"
    assert driver.seen(order.order_id).subscription_id is not None, "and what follows from being paid did follow"
    agreed()
    assert found("repaired") != []
    entries = read(select(audit.AuditEntry).where(audit.AuditEntry.action == "finding.repaired"))
    assert [(each.actor, each.detail["order"]) for each in entries] == [(STAFF, order.number)]


def test_a_charge_takes_the_place_of_a_payment_that_is_not_at_stripe(
    driver: Driver, bought: Bought, read: Read
) -> None:
    was = read(select(Payment.intent_id))
    falsify(Payment, intent_id="pi_of_nobody")
    later(driver)
    compare()
    mend(findings_of(kinds.CHARGE_UNSETTLED)[0])
    assert (read(select(Payment.intent_id)), read(select(Refund.id))) == (was, [])
    agreed()
    assert found("gone") == [(kinds.PAYMENT_MISSING, "pi_of_nobody")]


def test_a_second_payment_of_an_order_goes_back_when_it_is_settled(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read
) -> None:
    [total] = read(select(Order.total_amount))
    charge_by_hand(at_stripe, total, order=bought.number)
    later(driver)
    compare()
    mend()
    driver.work()
    assert sorted(refunded(driver)) == [0, total]
    later(driver)
    agreed()


def test_a_charge_of_another_sum_than_its_order_costs(driver: Driver, at_stripe: Any) -> None:
    order = driver.order()
    charge = charge_by_hand(at_stripe, 100, order=order.number)
    later(driver)
    compare()
    assert found() == [(kinds.CHARGE_OTHER_AMOUNT, charge)]
    mend()
    assert refunded(driver) == [100]
    assert driver.state(order.order_id) == "awaiting_payment"
    agreed()


@pytest.mark.parametrize("names", [{}, {"order": "R-0000-NONE"}, {"order": "R" * 500}, {"order": "a\nb"}])
def test_a_charge_that_names_no_order_of_ours(driver: Driver, at_stripe: Any, names: dict[str, str]) -> None:
    charge = charge_by_hand(at_stripe, 4200, **names)
    later(driver)
    compare()
    assert found() == [(kinds.CHARGE_UNKNOWN, charge)]
    driver.sandbox.fault("refunds.create", "lose_response", times=3)
    mend()
    assert refunded(driver) == [4200]
    agreed()


def test_a_strange_charge_that_went_back_at_stripe_is_no_finding_any_more(driver: Driver, at_stripe: Any) -> None:
    charge = charge_by_hand(at_stripe)
    later(driver)
    compare()
    at_stripe.refunds.create({"charge": charge})
    finding = the_finding()
    with pytest.raises(WrongState, match="in order by now"):
        mend(finding)
    assert found("gone") == [(kinds.CHARGE_UNKNOWN, charge)]
    later(driver)
    assert compare().opened == 0


@pytest.mark.parametrize(("falsified", "says"), [("pi_of_nobody", "none"), ("", "requires payment method")])
def test_paid_here_and_not_at_stripe(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read, falsified: str, says: str
) -> None:
    about = {"amount": 8900, "currency": "gbp", "payment_method_types": ["card"]}
    other = falsified or at_stripe.payment_intents.create(about).id
    real = intent(read)
    falsify(Payment, intent_id=other)
    later(driver)
    compare()
    assert (kinds.PAYMENT_MISSING, other) in found()
    missing = findings_of(kinds.PAYMENT_MISSING)[0]
    with pytest.raises(WrongState, match=f"is {says} there"):
        mend(missing)
    falsify(Payment, intent_id=real)
    later(driver)
    assert (compare().still, len(found("gone"))) == (0, 2)


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "EUR"}])
def test_another_sum_or_currency_than_at_stripe(
    driver: Driver, bought: Bought, read: Read, wrong: dict[str, Any]
) -> None:
    was = read(select(Payment.amount)), read(select(Payment.currency))
    falsify(Payment, **wrong)
    later(driver)
    compare()
    assert found() == [(kinds.PAYMENT_DIFFERS, intent(read))]
    mend()
    assert (read(select(Payment.amount)), read(select(Payment.currency))) == was
    agreed()


def test_a_sum_that_is_not_the_orders_is_not_taken_over(driver: Driver, bought: Bought, read: Read) -> None:
    falsify(Payment, amount=1)
    falsify(Order, total_amount=2)
    later(driver)
    compare()
    with pytest.raises(WrongState, match="cannot be taken over"):
        mend()
    assert read(select(Payment.amount)) == [1]


def test_a_page_that_is_settled_just_before_the_button_is_pressed(driver: Driver) -> None:
    order = driver.order()
    page = driver.pay(driver.page(order.order_id))
    later(driver)
    compare()
    finding = the_finding()
    settle_page(page, now=clock.now())
    with pytest.raises(WrongState, match="in order by now"):
        mend(finding)
    with pytest.raises(WrongState, match="meanwhile"):
        mend(finding)
    assert len(driver.sandbox.charges()) == 1


def test_what_was_put_aside_stays_so_until_it_changes(driver: Driver, at_stripe: Any) -> None:
    charge = charge_by_hand(at_stripe, 1000)
    later(driver)
    compare()
    repairing.look_into(the_finding(), reason="Our other shop’s", actor=STAFF, now=clock.now())
    assert (compare().still, found("looked_into")) == (0, [(kinds.CHARGE_UNKNOWN, charge)])
    at_stripe.refunds.create({"charge": charge, "amount": 10})
    later(driver)
    assert compare().still == 1

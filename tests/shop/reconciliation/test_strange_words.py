"""Other programs on the account write what they like on their charges: none of it stops a comparison or a repair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock
from kits.errors import WrongState
from kits.money import Money
from shop.orders.tables import Order
from shop.payments.tables import Payment, Refund
from shop.reconciliation import keeping, kinds, running
from shop.reconciliation.comparing.batches import Compared
from shop.reconciliation.comparing.facts import Fact
from shop.reconciliation.tables import Finding
from tests.journeys.driving import Bought, Driver
from tests.shop.reconciliation.conftest import (
    STAFF,
    agreed,
    charge_by_hand,
    compare,
    falsify,
    findings_of,
    found,
    later,
    mend,
)

Read = Callable[[Any], list[Any]]


@pytest.mark.parametrize("written", ["Ann Other, ann@example.org", "x" * 500, "R 1\n2"])
def test_what_another_program_writes_on_its_charges_is_not_kept_and_stops_no_comparison(
    driver: Driver, at_stripe: Any, read: Read, written: str
) -> None:
    charge = charge_by_hand(at_stripe, order=written, root_order=written)
    later(driver)
    compare()
    assert found() == [(kinds.CHARGE_UNKNOWN, charge)]
    assert read(select(Finding.order_number)) == [None]


def test_a_charge_in_a_currency_of_small_units_is_kept_however_large(driver: Driver, read: Read) -> None:
    run = keeping.begin(running.span(clock.now()), actor=STAFF, now=clock.now())
    large = Fact(kinds.CHARGE_UNKNOWN, "ch_1", Money(90_000_000_000, "IDR"))
    keeping.keep(run, Compared(facts=[large]), now=clock.now())
    assert read(select(Finding.amount)) == [90_000_000_000]


def test_a_finding_about_what_stripe_does_not_show_any_more_stops_no_comparison(driver: Driver, at_stripe: Any) -> None:
    charge = charge_by_hand(at_stripe)
    later(driver)
    compare()
    falsify(Finding, about="ch_of_another_account")
    later(driver)
    assert (compare().closed, found()) == (1, [(kinds.CHARGE_UNKNOWN, charge)])


def test_a_charge_of_a_plan_of_ours_that_names_no_order_is_settled_for_none(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read
) -> None:
    charge = charge_by_hand(at_stripe, 4900, root_order=bought.number, refill="1")
    later(driver)
    compare()
    with pytest.raises(WrongState, match="another order than the charge, or none"):
        mend()
    assert (found(), len(read(select(Payment.id)))) == ([(kinds.CHARGE_UNSETTLED, charge)], 1)


@pytest.mark.parametrize("number", ["²", "9" * 30])
def test_what_is_no_number_of_a_try_or_a_refill_hinders_no_repair(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read, number: str
) -> None:
    [total] = read(select(Order.total_amount))
    charge_by_hand(at_stripe, total, order=bought.number, attempt=number)
    charge_by_hand(at_stripe, 4900, order="R-WENT-LOST", root_order=bought.number, refill=number)
    later(driver)
    compare()
    second, lost = sorted(findings_of(kinds.CHARGE_UNSETTLED), key=lambda each: _names(read, each) != bought.number)
    mend(second)
    assert len(read(select(Refund.id))) == 1
    with pytest.raises(WrongState, match="Refund it at Stripe"):
        mend(lost)


def _names(read: Read, finding: int) -> str:
    return str(read(select(Finding.order_number).where(Finding.id == finding))[0])


def test_a_charge_for_a_refill_that_is_not_to_come_says_where_it_is_refunded(
    driver: Driver, bought: Bought, at_stripe: Any
) -> None:
    charge = charge_by_hand(at_stripe, 4900, order="R-WENT-LOST", root_order=bought.number, refill="9")
    later(driver)
    compare()
    with pytest.raises(WrongState, match="Refund it at Stripe"):
        mend()
    at_stripe.refunds.create({"charge": charge})
    later(driver)
    agreed()

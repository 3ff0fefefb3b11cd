"""Refunds and disputes that differ are found once, mended by their button, and not found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import Busy, WrongState
from shop.payments.tables import Payment, Refund
from shop.reconciliation import kinds
from shop.work import leases
from tests.journeys.driving import Bought, Driver
from tests.shop.payments.giving_back.test_disputes import begin, end
from tests.shop.payments.giving_back.test_money_back import give, refunded
from tests.shop.reconciliation.conftest import (
    agreed,
    charge_by_hand,
    compare,
    falsify,
    findings_of,
    found,
    intent,
    later,
    mend,
)

Read = Callable[[Any], list[Any]]


def test_a_part_refunded_by_hand_at_stripe_is_recorded(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read
) -> None:
    made = at_stripe.refunds.create({"payment_intent": intent(read), "amount": 500})
    later(driver)
    compare()
    assert found() == [(kinds.REFUND_UNKNOWN, made.id)]
    mend()
    assert read(select(Refund.amount)) == [500]
    assert (read(select(Refund.state)), read(select(Refund.gateway_id))) == (["succeeded"], [made.id])
    assert driver.state(bought.order_id) == "paid"
    driver.work()
    assert refunded(driver) == [500], "it was written down, and not asked for once more"
    agreed()


def test_all_refunded_by_hand_at_stripe_ends_the_order(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read
) -> None:
    at_stripe.refunds.create({"payment_intent": intent(read)})
    later(driver)
    compare()
    mend()
    assert driver.state(bought.order_id) == "refunded"
    later(driver)
    agreed()


def test_a_refund_by_hand_beside_one_under_way_waits_for_it(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read
) -> None:
    at_stripe.refunds.create({"payment_intent": intent(read), "amount": 500})
    later(driver)
    compare()
    give(bought)
    with pytest.raises(WrongState, match="under way"):
        mend()
    driver.work()
    mend()
    assert (sorted(read(select(Refund.state))), sum(refunded(driver))) == (["failed", "succeeded"], 500)


def test_a_refund_that_was_made_twice_under_one_mark_is_found(
    driver: Driver, bought: Bought, at_stripe: Any, read: Read
) -> None:
    give(bought, 500)
    driver.work()
    [mark] = read(select(Refund.key))
    about = {"payment_intent": intent(read), "amount": 500, "metadata": {"mark": mark}}
    twice = at_stripe.refunds.create(about).id
    later(driver)
    compare()
    assert found() == [(kinds.REFUND_UNKNOWN, twice)]
    mend()
    assert (read(select(Refund.amount)), refunded(driver)) == ([500, 500], [1000])
    agreed()


def test_a_refund_that_was_never_asked_for_is_asked_for(driver: Driver, bought: Bought, read: Read) -> None:
    refund = give(bought, 500)
    later(driver)
    compare()
    assert found() == [(kinds.REFUND_MISSING, f"refund-{refund}")]
    mend()
    assert (refunded(driver), read(select(Refund.state))) == ([500], ["succeeded"])
    agreed()


def test_a_refund_that_a_worker_is_asking_for_is_not_asked_for_beside_it(
    driver: Driver, bought: Bought, read: Read
) -> None:
    refund = give(bought, 500)
    later(driver)
    compare()
    with host.unit() as session:
        assert leases.take(session, Refund, refund, "a worker")
    with pytest.raises(Busy, match="A worker asks"):
        mend()
    assert (refunded(driver), read(select(Refund.state))) == ([0], ["pending"])
    leases.let_go_alone(host.alone(), Refund, refund, "a worker")
    mend()
    assert refunded(driver) == [500]


def test_a_refund_that_counts_as_given_and_is_not_at_stripe_failed(driver: Driver, bought: Bought, read: Read) -> None:
    refund = give(bought, 500)
    falsify(Refund, state="succeeded", gateway_id="re_of_nobody", ended_at=clock.now())
    later(driver)
    compare()
    assert found() == [(kinds.REFUND_MISSING, f"refund-{refund}")]
    mend()
    assert read(select(Refund.state)) == ["failed"]
    agreed()


@pytest.mark.parametrize("ours", ["pending", "failed"])
def test_a_refund_that_stands_otherwise_at_stripe(driver: Driver, bought: Bought, read: Read, ours: str) -> None:
    give(bought, 500)
    driver.work()
    falsify(Refund, state=ours, gateway_id=None if ours == "pending" else Refund.gateway_id)
    later(driver)
    compare()
    assert [kind for kind, _ in found()] == [kinds.REFUND_DIFFERS]
    mend()
    assert (read(select(Refund.state)), refunded(driver)) == (["succeeded"], [500])
    agreed()


@pytest.mark.parametrize("status", ["open", "lost", "won"])
def test_a_dispute_no_word_of_which_came(driver: Driver, bought: Bought, read: Read, status: str) -> None:
    dispute = begin(driver)
    if status != "open":
        end(driver, dispute, status)
    later(driver)
    compare()
    assert found() == [(kinds.DISPUTE_UNKNOWN, intent(read))]
    mend()
    assert read(select(Payment.dispute)) == [status]
    agreed()


def test_a_dispute_that_ended_at_stripe_months_ago(driver: Driver, bought: Bought, read: Read) -> None:
    dispute = begin(driver)
    later(driver)
    compare()
    mend()
    later(driver, days=60)
    end(driver, dispute, "won")
    compare()
    assert found() == [(kinds.DISPUTE_DIFFERS, intent(read))]
    mend()
    assert read(select(Payment.dispute)) == ["won"]
    agreed()


def test_a_dispute_of_a_charge_that_is_not_known_waits_until_that_is(driver: Driver, at_stripe: Any) -> None:
    charge_by_hand(at_stripe)
    begin(driver)
    later(driver)
    compare()
    assert [kind for kind, _ in found()] == [kinds.CHARGE_UNKNOWN, kinds.DISPUTE_UNKNOWN]
    with pytest.raises(WrongState, match="not known here"):
        mend(findings_of(kinds.DISPUTE_UNKNOWN)[0])

"""Staff have a refill charged at once: under the worker's lease, never sooner than its notice allows, once a form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.audit import AuditEntry
from kits.dates import written
from kits.errors import BadInput, Busy, WrongState
from kits.stock.tables import Lot
from shop.payments.gateway.contract import OutcomeUnknown
from shop.payments.hosted.start import pay_in_person
from shop.payments.tables import PaymentAttempt
from subscriptions.controls import pauses
from subscriptions.repairs.tables import Repair
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.repairs.conftest import EXPIRED, IN_PERSON, SOFT, Desk

Read = Callable[[Any], list[Any]]
AtOnce = Callable[..., list[Any]]


def test_a_declined_refill_is_charged_at_once_and_the_log_says_why(driver: Driver, desk: Desk, read: Read) -> None:
    desk.decline()
    driver.card_behaves(desk.bought, None)
    assert driver.refill(desk.bought).retry_on != clock.today(clock.now())
    assert (desk.charge(), desk.charges, desk.repairs()) == ("paid", 1, ["charged"])
    [entry] = read(select(AuditEntry).where(AuditEntry.action == "refill.charged_by_staff"))
    [repair] = read(select(Repair))
    assert (entry.actor, entry.detail) == ("staff:1", {"repair": repair.id})
    assert repair.reason == "They asked for it by phone."


def test_during_a_workers_charge_it_is_refused_and_one_charge_is_made(desk: Desk, at_once: AtOnce, read: Read) -> None:
    said = desk.during_a_charge(at_once, desk.charge)
    assert isinstance(said, Busy), said
    assert "being charged" in str(said)
    assert "Look again in a minute" in str(said)
    assert (desk.state, desk.charges, desk.repairs()) == ("paid", 1, [])
    assert read(select(PaymentAttempt.state).where(PaymentAttempt.way == "saved_card")) == ["succeeded"]


def test_many_who_ask_at_once_beside_a_worker_make_one_charge(driver: Driver, desk: Desk, at_once: AtOnce) -> None:
    desk.decline()
    driver.card_behaves(desk.bought, None)
    driver.travel(driver.refill(desk.bought).retry_on or clock.now(), work=False)
    works = [lambda mark=f"form {n}": desk.charge(mark) for n in range(5)]
    said = at_once([driver.work, *works])
    assert all(each in (None, "paid") or isinstance(each, Busy | WrongState) for each in said), said
    assert (desk.state, desk.charges) == ("paid", 1)


def test_a_form_that_is_sent_twice_tries_the_card_once(driver: Driver, desk: Desk, read: Read) -> None:
    desk.decline()
    assert [desk.charge(), desk.charge()] == ["declined", "declined"]
    tried = read(select(PaymentAttempt.id).where(PaymentAttempt.way == "saved_card"))
    assert (len(tried), desk.charges) == (2, 0)
    desk.charge("another form")
    assert len(read(select(PaymentAttempt.id).where(PaymentAttempt.way == "saved_card"))) == 3


def test_it_never_comes_sooner_than_seven_days_after_the_notice_was_accepted(driver: Driver, desk: Desk) -> None:
    notice_on = driver.refill(desk.bought).notice_on
    driver.travel(notice_on, work=False)
    with pytest.raises(
        WrongState, match=f"has not taken its advance notice yet.*{written(notice_on + days(7))}|at the"
    ):
        desk.charge()
    driver.travel(notice_on)
    refill = driver.refill(desk.bought)
    assert refill.state == "notified"
    for day in (notice_on, refill.charge_on - days(1)):
        driver.travel(day, work=False)
        with pytest.raises(WrongState, match=f"can be charged from {written(refill.charge_on)} on"):
            desk.charge()
    assert (desk.charges, desk.repairs()) == (0, [])
    driver.travel(refill.charge_on, work=False)
    assert (desk.charge(), desk.charges) == ("paid", 1)


def test_a_notice_that_was_accepted_late_moves_the_first_day(driver: Driver, desk: Desk) -> None:
    refill = driver.until_due(desk.bought)
    with host.unit() as session:  # as if the mail server had taken it two days later, and no duty had noted it
        notice = session.get_one(Refill, refill.id).notice
        assert notice is not None
        assert notice.sent_at is not None
        notice.sent_at += timedelta(days=5)
        first = clock.today(notice.sent_at) + days(7)
    with pytest.raises(WrongState, match=f"from {written(first)} on"):
        desk.charge()


def test_a_refill_that_waits_for_stock_is_looked_for_at_once_and_waits_on_without(driver: Driver, desk: Desk) -> None:
    driver.until_due(desk.bought)
    with host.unit() as session:
        session.execute(update(Lot).values(quarantined=Lot.on_hand - Lot.allocated))
    driver.work()
    assert desk.state == "waiting_for_stock"
    assert (desk.charge(), desk.charges) == ("waiting_for_stock", 0)
    with host.unit() as session:
        session.execute(update(Lot).values(quarantined=0))
    assert (desk.charge("later"), desk.charges) == ("paid", 1)


def test_an_unknown_outcome_is_left_to_the_worker_and_charged_once(driver: Driver, desk: Desk) -> None:
    desk.decline()
    driver.card_behaves(desk.bought, None)
    driver.sandbox.fault("payment_intents.confirm", "http_500")
    with pytest.raises(OutcomeUnknown):
        desk.charge()
    assert desk.state == "charging"
    driver.work()
    assert (desk.state, desk.charges) == ("paid", 1)


def test_what_a_worker_put_back_for_a_while_is_asked_about_at_once(driver: Driver, desk: Desk) -> None:
    driver.until_due(desk.bought)
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.id == desk.refill_id).values(free_at=10.0**12, failures=9))
    assert (desk.charge(), desk.charges) == ("paid", 1)


@pytest.mark.parametrize(
    ("card", "said"),
    [(IN_PERSON, "The bank wants its customer to confirm"), (EXPIRED, "The charges of this plan are stopped")],
)
def test_a_card_that_cannot_pay_this_way_is_not_tried(driver: Driver, desk: Desk, card: str, said: str) -> None:
    desk.decline(card)
    assert desk.state == "needs_customer"
    with pytest.raises(WrongState, match=said):
        desk.charge()
    assert (desk.state, desk.repairs()) == ("needs_customer", [])


def test_it_is_refused_while_the_plan_rests_or_its_customer_is_paying(driver: Driver, desk: Desk) -> None:
    desk.decline()
    pay_in_person(driver.refill(desk.bought).order_id or 0, now=clock.now())
    with pytest.raises(WrongState, match="has the payment page open"):
        desk.charge()
    pauses.hold(desk.bought.subscription_id or 0, actor="customer", now=clock.now())
    with pytest.raises(WrongState, match="The plan rests"):
        desk.charge()
    assert (desk.state, desk.repairs()) == ("declined", [])


def test_no_more_than_eight_tries_in_thirty_days_whoever_asks(driver: Driver, desk: Desk, read: Read) -> None:
    desk.decline()
    for n in range(7):
        desk.charge(f"form {n}")
    with pytest.raises(WrongState, match="It can be tried again from"):
        desk.charge("one more")
    assert len(read(select(PaymentAttempt.id).where(PaymentAttempt.decline_code.is_not(None)))) == 8
    driver.card_behaves(desk.bought, SOFT)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_asked_for(desk: Desk, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        desk.charge(reason=reason)
    assert refused.value.field == "reason"


def test_what_is_paid_is_not_charged_again(driver: Driver, desk: Desk, bought: Bought) -> None:
    driver.until_due(bought)
    driver.work()
    with pytest.raises(WrongState, match="Nothing is to be charged"):
        desk.charge()
    assert desk.charges == 1

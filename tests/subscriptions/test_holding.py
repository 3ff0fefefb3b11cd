"""A held plan: nothing is announced, charged, dropped or ended; then all that is to come comes later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask
from sqlalchemy import select, update

from kits import clock, host
from kits.audit import AuditEntry
from kits.errors import WrongState
from kits.stock.recall.tables import Recall
from kits.stock.tables import Commitment, Lot, Reservation
from shop.orders.parcels import ship, start_packing
from shop.orders.tables import Order
from shop.payments.gateway.contract import NoKeys
from subscriptions import duties, ending, holding
from subscriptions.billing.billing import bill
from subscriptions.tables import Hold, Refill, Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.recall.seeing import holds, last_session, values

Subjects = Callable[[], list[str]]


@pytest.fixture
def recalls(driver: Driver) -> list[int]:
    """The ids of two recalls."""
    with host.unit() as session:
        about = {"reason": "r", "message": "m", "actor": "staff:1", "begun_at": clock.now()}
        rows = [Recall(lot_id=lot, **about) for lot in session.scalars(select(Lot.id).order_by(Lot.id))]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


@pytest.fixture
def hold(recalls: list[int]) -> Callable[..., bool]:
    """`hold(bought)` holds its plan from today; the `which`-th recall is why."""

    def begin(bought: Bought, which: int = 0) -> bool:
        with host.unit() as session:
            subscription = bought.subscription_id or 0
            return holding.hold(session, subscription, recalls[which], actor="staff:1", now=clock.now())

    return begin


@pytest.fixture
def go_on(recalls: list[int]) -> Callable[..., list[int]]:
    """`go_on(bought)` ends that hold today."""

    def end(bought: Bought, which: int = 0) -> list[int]:
        with host.unit() as session:
            ids = [bought.subscription_id or 0]
            return holding.end_holds(session, recalls[which], ids, actor="staff:1", now=clock.now())

    return end


Hold_ = Callable[..., bool]
GoOn = Callable[..., list[int]]


def due() -> Iterator[str]:
    now, session = clock.now(), host.session()
    for name in ("notice_due", "charge_due", "lapse_due"):
        if session.scalars(select(Refill.id).where(getattr(duties, name)(now))).all():
            yield name
    if session.scalars(select(Subscription.id).where(duties.end_due(now))).all():
        yield "end_due"
    host.end_reads()


def test_nothing_of_a_held_plan_is_announced(driver: Driver, bought: Bought, hold: Hold_) -> None:
    driver.travel(driver.refill(bought).notice_on, work=False)
    assert list(due()) == ["notice_due"]
    hold(bought)
    assert list(due()) == []
    duties.give_notice(driver.refill(bought).id, clock.now())
    driver.work()
    assert driver.refill(bought).state == "scheduled"


@pytest.mark.parametrize("state", ["notified", "waiting_for_stock", "declined"])
def test_nothing_of_a_held_plan_is_charged(state: str, driver: Driver, bought: Bought, hold: Hold_) -> None:
    refill = driver.until_due(bought)
    past = {"state": state, "retry_on": refill.charge_on, "waited_at": clock.now() - timedelta(hours=2)}
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.id == refill.id).values(**past))
    assert list(due()) == ["charge_due"]
    hold(bought)
    assert list(due()) == []
    bill(refill.id, clock.now())
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == (state, 0)


def test_a_charge_that_has_begun_is_brought_to_its_end(driver: Driver, bought: Bought, hold: Hold_, app: Flask) -> None:
    refill, key, now = driver.until_due(bought), app.config["SHOP_STRIPE_SECRET_KEY"], clock.now()
    app.config["SHOP_STRIPE_SECRET_KEY"] = "sk_rolled"
    with pytest.raises(NoKeys):
        bill(refill.id, now)
    app.config["SHOP_STRIPE_SECRET_KEY"] = key
    hold(bought)
    assert (driver.refill(bought).state, list(due())) == ("charging", ["charge_due"])
    driver.work()
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == ("paid", 1)


def test_a_held_plan_is_not_over_when_its_last_session_would_have_been(
    driver: Driver, bought: Bought, hold: Hold_, subjects: Subjects
) -> None:
    hold(bought)
    driver.travel(last_session(bought) + days(1), work=False)
    assert list(due()) == []
    duties.end_plan(bought.subscription_id or 0, clock.now())
    driver.work()
    assert {refill.state for refill in driver.refills(bought)} == {"scheduled"}
    assert "Your refills have ended" not in subjects()


def test_a_plan_that_its_customer_ended_is_closed_although_held(driver: Driver, bought: Bought, hold: Hold_) -> None:
    driver.card_behaves(bought, "pm_card_chargeDeclinedInsufficientFunds")
    driver.travel(driver.until_due(bought).charge_on)
    hold(bought)
    with host.unit() as session:
        ending.stop(session, bought.subscription_id or 0, actor="customer", now=clock.now())
    assert list(due()) == ["lapse_due"]
    driver.work()
    assert {refill.state for refill in driver.refills(bought)} == {"cancelled"}


def test_a_hold_that_ends_moves_all_that_is_to_come_by_the_days_it_took(
    driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn, today: date
) -> None:
    before, last = driver.refills(bought), last_session(bought)
    hold(bought)
    driver.travel(today + days(30))
    assert go_on(bought) == [bought.subscription_id]
    first, second = driver.refills(bought)
    assert first.needed_on - before[0].needed_on == first.charge_on - before[0].charge_on == days(30)
    assert second.needed_on == max(before[1].needed_on + days(30), first.needed_on + relativedelta(months=3))
    assert (last_session(bought), holds(bought)) == (last + days(30), [(today, today + days(30))])
    assert values(select(Refill.serves_until).order_by(Refill.number))[-1] == last + days(30)


def test_a_moved_refill_is_announced_and_charged_on_its_new_days_once(
    driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn, today: date
) -> None:
    planned = driver.refill(bought)
    hold(bought)
    driver.travel(today + days(100))
    go_on(bought)
    driver.travel(planned.notice_on + days(99))
    assert driver.refill(bought).state == "scheduled"
    driver.travel(planned.notice_on + days(100))
    driver.travel(planned.charge_on + days(99))
    assert driver.charges()[bought.number, "1"] == 0
    driver.travel(planned.charge_on + days(100))
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == ("paid", 1)


def test_a_refill_that_was_announced_before_the_hold_is_charged_later_than_the_notice_said(
    driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn, subjects: Subjects
) -> None:
    told = driver.until_due(bought).charge_on
    hold(bought)
    driver.travel(told + days(20), work=False)
    go_on(bought)
    assert (driver.refill(bought).state, driver.refill(bought).charge_on) == ("notified", told + days(20))
    driver.work()
    assert driver.refill(bought).state == "paid"
    assert subjects().count("Your next serum refill") == 1


def test_the_refill_after_a_late_one_is_reckoned_with_the_moved_sessions(
    driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn, today: date
) -> None:
    hold(bought)
    driver.travel(today + days(30))
    go_on(bought)
    driver.until_due(bought)
    driver.work()
    moved = values(select(Refill.serves_until).order_by(Refill.number))
    assert moved[-1] == last_session(bought)
    assert [refill.state for refill in driver.refills(bought)] == ["paid", "scheduled"]


def test_two_recalls_hold_a_plan_until_both_are_over_and_a_day_counts_once(
    driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn, today: date
) -> None:
    last = last_session(bought)
    hold(bought, 0)
    driver.travel(today + days(10))
    hold(bought, 1)
    driver.travel(today + days(20))
    go_on(bought, 0)
    driver.travel(driver.refill(bought).notice_on, work=False)
    assert list(due()) == []
    resumed = clock.today(clock.now())
    go_on(bought, 1)
    assert last_session(bought) == last + (resumed - today)


def test_a_plan_is_held_once_a_recall_and_only_while_it_runs(
    driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn
) -> None:
    assert [hold(bought), hold(bought)] == [True, False]
    assert [go_on(bought), go_on(bought)] == [[bought.subscription_id], []]
    assert hold(bought) is False, "once a recall, also when it has ended"
    with host.unit() as session:
        session.execute(update(Subscription).values(state="ended", ended_at=clock.now()))
    assert hold(bought, 1) is False
    assert len(values(select(Hold.id))) == 1
    actions = values(select(AuditEntry.action).where(AuditEntry.action.like("subscription%")))
    assert actions == ["subscription.held", "subscription.goes_on"]


def test_no_stock_is_kept_back_for_a_held_plan(driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn) -> None:
    driver.travel(driver.refill(bought).charge_on - days(20))
    assert len(values(select(Commitment.id))) == 1
    hold(bought)
    driver.work()
    assert values(select(Commitment.id)) == []
    go_on(bought)
    driver.work()
    assert len(values(select(Commitment.id))) == 1


def test_a_paid_box_that_has_not_left_must_last_for_the_sessions_as_they_stand_after_the_hold(
    driver: Driver, bought: Bought, hold: Hold_, go_on: GoOn
) -> None:
    driver.until_due(bought)
    driver.work()
    order_id = driver.refill(bought).order_id or 0
    number = values(select(Order.number).where(Order.id == order_id))[0]
    [until] = values(select(Reservation.serves_until).where(Reservation.order_number == number))
    start_packing([order_id], actor="staff:1", now=clock.now())
    with host.unit() as session:
        session.execute(update(Lot).where(Lot.allocated > 0).values(expires_on=until))
    hold(bought)
    driver.travel(clock.now() + timedelta(days=40))
    go_on(bought)
    assert values(select(Reservation.serves_until).where(Reservation.order_number == number)) == [until + days(40)]
    with pytest.raises(WrongState, match="no longer lasts"):
        ship(order_id, tracking="", actor="staff:1", now=clock.now())

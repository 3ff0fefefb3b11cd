"""Notices and when a charge is due: at least seven calendar days after the mail server took the notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from kits import clock, host
from kits.catalogue.session_plan import SessionPlan
from kits.settings import timezone
from shop.registers import registers
from shop.work import duties
from shop.work.outbox import OutboxMail
from subscriptions.controls import session_log
from subscriptions.controls.outlook import facts, outlook
from subscriptions.duties import charge_due, give_notice, start_of
from subscriptions.tables import Hold, Refill, Subscription
from tests.journeys.driving import Bought, Driver, days, morning


def a_round() -> None:
    duties.one_round(registers().duties)


def free_all() -> None:
    with host.unit() as session:
        session.execute(update(OutboxMail).values(free_at=0.0))


def notice_of(refill_id: int) -> Any:
    query = select(OutboxMail.sent_at).join(Refill, Refill.notice_id == OutboxMail.id).where(Refill.id == refill_id)
    found = host.session().scalar(query)
    host.end_reads()
    return found


def due() -> list[int]:
    found = list(host.session().scalars(select(Refill.id).where(charge_due(clock.now()))))
    host.end_reads()
    return found


def test_a_paid_plan_is_enrolled_with_its_refills(driver: Driver, bought: Bought, today: date) -> None:
    plan = SessionPlan(10, 4, today)
    assert [refill.needed_on for refill in driver.refills(bought)] == list(plan.refill_needs)
    assert {refill.state for refill in driver.refills(bought)} == {"scheduled"}


def test_no_refills_are_enrolled_without_consent_or_need(driver: Driver) -> None:
    assert driver.buy(sessions=10, refills=False).subscription_id is None
    assert driver.buy(sessions=6, every_weeks=2).subscription_id is None


def test_a_refill_is_announced_then_charged_a_week_before_it_is_needed(driver: Driver, bought: Bought) -> None:
    first = driver.refill(bought)
    driver.travel(first.notice_on - days(1))
    assert driver.refill(bought).state == "scheduled"
    driver.travel(first.notice_on)
    assert driver.refill(bought).state == "notified"
    driver.travel(first.needed_on - days(8))
    assert driver.charges() == {(bought.number, "-"): 1}
    driver.travel(first.needed_on - days(7))
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}


def test_a_mail_server_that_was_down_for_days_moves_the_charge(driver: Driver, bought: Bought, app: Any) -> None:
    first, mails = driver.refill(bought), app.config["SHOP_MAIL_URL"]
    app.config["SHOP_MAIL_GIVE_UP_HOURS"] = 24 * 30
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:9"
    for late in range(0, 21, 5):
        driver.travel(first.notice_on + days(late), work=False)
        free_all()
        a_round()
    assert (driver.refill(bought).state, due()) == ("scheduled", [])
    app.config["SHOP_MAIL_URL"] = mails
    driver.work()
    charged_seven_days_after_it_was_accepted(driver, bought)


def charged_seven_days_after_it_was_accepted(driver: Driver, bought: Bought) -> None:
    accepted = clock.today(notice_of(driver.refill(bought).id))
    assert driver.refill(bought).charge_on == accepted + days(7)
    driver.travel(accepted + days(6))
    assert driver.refill(bought).state == "notified"
    driver.travel(accepted + days(7))
    assert driver.refill(bought).state == "paid"


def test_a_day_that_a_late_acceptance_moved_stays_when_the_plan_is_reckoned_anew(
    driver: Driver, bought: Bought, app: Any
) -> None:
    told = driver.refill(bought).charge_on
    app.config["SHOP_MAIL_URL"], working = "smtp://127.0.0.1:1", app.config["SHOP_MAIL_URL"]
    driver.travel(driver.refill(bought).notice_on, work=False)
    a_round()
    app.config["SHOP_MAIL_URL"] = working
    driver.travel(told - days(2))
    refill = driver.refill(bought)
    assert (refill.state, refill.charge_on) == ("notified", told + days(5))
    session_log.skip(bought.subscription_id or 0, 10, actor="customer", now=clock.now())
    assert driver.refill(bought).charge_on == told + days(5)
    plan = host.session().get_one(Subscription, bought.subscription_id)
    seen = outlook(facts(plan, clock.today(clock.now())))
    host.end_reads()
    assert seen.to_come[0].charge_on == told + days(5)


def test_a_plan_waits_for_a_yes_until_the_day_that_a_late_acceptance_moved(
    driver: Driver, bought: Bought, app: Any
) -> None:
    app.config["SHOP_CONFIRM_CHARGES"] = True
    told = driver.refill(bought).charge_on
    app.config["SHOP_MAIL_URL"], working = "smtp://127.0.0.1:1", app.config["SHOP_MAIL_URL"]
    driver.travel(driver.refill(bought).notice_on, work=False)
    a_round()
    app.config["SHOP_MAIL_URL"] = working
    driver.travel(told - days(2))
    session_log.skip(bought.subscription_id or 0, 10, actor="customer", now=clock.now())
    for day, held in ((told + days(4), 0), (told + days(5), 1)):
        driver.travel(day)
        assert host.session().scalar(select(func.count(Hold.id))) == held
        host.end_reads()


def test_a_clock_that_jumps_over_the_charge_still_leaves_seven_days_after_the_notice(
    driver: Driver, bought: Bought
) -> None:
    driver.travel(driver.refill(bought).needed_on + days(3))
    assert driver.refill(bought).state == "notified"
    driver.travel(clock.now() + timedelta(days=6))
    assert driver.charges() == {(bought.number, "-"): 1}
    driver.travel(clock.now() + timedelta(days=1))
    assert driver.refill(bought).state == "paid"


@pytest.mark.parametrize("state", ["queued", "refused", "dead"])
def test_a_refill_whose_notice_was_not_accepted_is_never_charged(state: str, driver: Driver, bought: Bought) -> None:
    refill = driver.until_due(bought)
    assert due() == [refill.id]
    with host.unit() as session:
        of = select(Refill.notice_id).where(Refill.id == refill.id).scalar_subquery()
        session.execute(update(OutboxMail).where(OutboxMail.id == of).values(state=state, sent_at=None))
    for forced in ("notified", "charging", "waiting_for_stock", "declined"):
        with host.unit() as session:
            values = {"state": forced, "retry_on": refill.charge_on, "waited_at": morning(refill.notice_on)}
            session.execute(update(Refill).where(Refill.id == refill.id).values(**values))
        assert due() == []


@pytest.mark.parametrize("month", [3, 10])
def test_seven_calendar_days_are_counted_in_the_shops_zone_over_a_change_of_clocks(month: int, app: Any) -> None:
    zone = timezone()
    sunday = max(date(2027, month, day) for day in range(25, 32) if date(2027, month, day).weekday() == 6)
    for offset in range(-1, 8):
        day = sunday + timedelta(days=offset)
        now = datetime.combine(day, time(0, 30), zone)
        limit = start_of(now, 6)
        last_minute = datetime.combine(day - timedelta(days=7), time(23, 59), zone).astimezone(UTC)
        first_minute = datetime.combine(day - timedelta(days=6), time(0, 0), zone).astimezone(UTC)
        assert last_minute < limit <= first_minute


def test_the_second_refill_is_announced_only_when_the_first_is_closed(driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.travel(driver.refill(bought, 2).notice_on + days(3))
    assert [refill.state for refill in driver.refills(bought)] == ["needs_customer", "scheduled"]


def test_refills_are_dropped_after_the_last_session_and_the_plan_is_closed_once(
    driver: Driver, bought: Bought, subjects: Callable[[], list[str]]
) -> None:
    driver.travel(clock.now() + timedelta(days=400))
    driver.travel(clock.now() + timedelta(days=1))
    assert {refill.state for refill in driver.refills(bought)} == {"dropped"}
    assert driver.charges() == {(bought.number, "-"): 1}
    assert host.session().scalars(select(Subscription.state)).all() == ["ended"]
    host.end_reads()
    assert subjects().count("Your refills have ended") == 1


def test_an_unpaid_refill_is_closed_at_stripe_when_the_plan_is_over(driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    driver.travel(clock.now() + timedelta(days=400))
    refill = driver.refill(bought)
    assert (refill.state, driver.state(refill.order_id)) == ("dropped", "cancelled")
    assert driver.charges() == {(bought.number, "-"): 1}


def test_a_notice_is_not_written_for_a_refill_that_was_cancelled_meanwhile(driver: Driver, bought: Bought) -> None:
    refill = driver.refill(bought)
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.id == refill.id).values(state="cancelled"))
    give_notice(refill.id, morning(refill.notice_on))
    written = host.session().scalar(select(func.count(OutboxMail.id)).where(OutboxMail.key.like("advance%")))
    host.end_reads()
    assert written == 0

"""What a customer does between a worker's finding a row and its working on it: the worker asks again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kits import clock, host
from subscriptions import duties, ending
from subscriptions.billing import billing
from subscriptions.cards import removing
from subscriptions.controls import pauses, refills, session_log
from tests.journeys.driving import Bought, Driver, days

Subjects = Callable[[], list[str]]


@pytest.fixture
def plan_id(bought: Bought) -> int:
    """The id of a running plan of ten sessions every four weeks from today: two refills."""
    return bought.subscription_id or 0


def end(plan_id: int) -> None:
    with host.unit() as session:
        ending.stop(session, plan_id, actor="customer", now=clock.now())


def test_a_declined_refill_of_a_plan_that_ends_just_now_is_not_tried_again(
    driver: Driver, bought: Bought, plan_id: int
) -> None:
    driver.card_behaves(bought, "pm_card_chargeDeclinedInsufficientFunds")
    driver.travel(driver.until_due(bought).charge_on)
    driver.travel(driver.refill(bought).retry_on or clock.today(clock.now()), work=False)
    driver.card_behaves(bought, None)
    found = driver.refill(bought)
    end(plan_id)  # it was found to be due before
    billing.bill(found.id, clock.now())
    assert driver.charges()[bought.number, "1"] == 0
    assert (driver.refill(bought).state, driver.state(found.order_id)) == ("cancelled", "cancelled")


def test_a_refill_that_is_needed_again_since_its_plan_was_found_over_is_not_closed(
    driver: Driver, bought: Bought, plan_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    removing.remove(plan_id, "main", actor="customer", now=clock.now())
    last = clock.today(clock.now()) + days(28 * 9)
    driver.travel(driver.refill(bought).notice_on)
    driver.travel(last + days(1), work=False)
    end_reads, refill_id = host.end_reads, driver.refill(bought).id

    def done_today_meanwhile() -> None:
        monkeypatch.setattr(host, "end_reads", end_reads)
        end_reads()
        session_log.done(plan_id, 10, last + days(1), actor="customer", now=clock.now())

    monkeypatch.setattr(host, "end_reads", done_today_meanwhile)
    billing.lapse(refill_id, clock.now())
    assert driver.refill(bought).state == "notified"


def test_a_plan_that_goes_on_since_it_was_found_over_is_not_ended(
    driver: Driver, plan_id: int, subjects: Subjects
) -> None:
    duties.end_plan(plan_id, clock.now())
    session_log.skip(plan_id, 3, actor="customer", now=clock.now())  # it runs, or this would be refused
    driver.work()
    assert "Your refills have ended" not in subjects()


@pytest.mark.parametrize(
    "later",
    [
        lambda plan_id, now: refills.move(plan_id, 1, 6, actor="customer", now=now),
        lambda plan_id, now: pauses.pause(plan_id, clock.today(now) + days(60), actor="customer", now=now),
    ],
)
def test_a_refill_moved_since_its_notice_was_found_due_is_announced_on_its_new_day(
    later: Callable[..., None], driver: Driver, bought: Bought, plan_id: int, subjects: Subjects
) -> None:
    refill = driver.refill(bought)
    driver.travel(refill.notice_on, work=False)
    later(plan_id, clock.now())
    duties.give_notice(refill.id, clock.now())
    driver.work()
    assert "Your next serum refill" not in subjects()
    driver.travel(driver.refill(bought).notice_on)
    assert driver.refill(bought).state == "notified"

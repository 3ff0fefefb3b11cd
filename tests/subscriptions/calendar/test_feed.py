"""A plan's calendar: its own days, what changed read as newer, what is off read as cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from kits import clock, host
from subscriptions import commands
from subscriptions.controls import changing, pauses, session_log
from subscriptions.controls.doing import taken
from subscriptions.controls.refills import move, skip
from subscriptions.stops.stopping import stop
from subscriptions.stops.tables import DISPUTE
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.calendar.conftest import Look, Seen, off, titled


def later(driver: Driver) -> None:
    """A minute goes by."""
    driver.travel(clock.now() + timedelta(minutes=1), work=False)


def charges(events: list[Seen]) -> list[date]:
    """The days of the charges."""
    return [event.day for event in events if event.title.startswith("Refill ")]


def log(what: Callable[..., None], plan_id: int, number: int, *day: date) -> None:
    what(plan_id, number, *day, actor="customer", now=clock.now())


def test_every_session_notice_and_charge_stands_on_its_day(
    look: Look, driver: Driver, bought: Bought, today: date
) -> None:
    found = {event.title: event.day for event in look()}
    sessions = {f"Session {number} of 10": today + days(28 * (number - 1)) for number in range(1, 11)}
    refills = driver.refills(bought)
    notices = {f"Notice of refill {refill.number}": refill.notice_on for refill in refills}
    charges = {f"Refill {refill.number} is charged, £49.00": refill.charge_on for refill in refills}
    assert found == {**sessions, **notices, **charges}
    assert off(look()) == []


def test_a_skipped_session_is_cancelled_and_taking_that_back_is_newer_still(
    look: Look, plan_id: int, driver: Driver
) -> None:
    before = titled(look(), "Session 3 of 10")
    later(driver)
    log(session_log.skip, plan_id, 3)
    skipped = titled(look(), "Session 3 of 10")
    later(driver)
    log(session_log.undo, plan_id, 3)
    back = titled(look(), "Session 3 of 10")
    assert before.sequence < skipped.sequence < back.sequence
    assert [before.status, skipped.status, back.status] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert before.uid == skipped.uid == back.uid
    assert before.day == skipped.day == back.day


def test_what_comes_later_keeps_its_name_on_its_new_day(
    look: Look, plan_id: int, driver: Driver, bought: Bought, today: date
) -> None:
    before = look()
    driver.travel(today + days(5), work=False)
    log(session_log.done, plan_id, 1, today + days(5))
    after = look()
    assert [event.uid for event in after] == [event.uid for event in before]
    assert [event.day for event in after[:10]] == [event.day + days(5) for event in before[:10]]
    assert charges(after) == [refill.charge_on for refill in driver.refills(bought)]
    assert after[0].title == "Session 1 of 10, done"


def test_a_plan_made_shorter_takes_its_last_sessions_out(look: Look, plan_id: int, driver: Driver, today: date) -> None:
    before = look()
    later(driver)
    changing.change_plan(plan_id, 8, 4, actor="customer", now=clock.now())
    after = look()
    assert [event.uid for event in after] == [event.uid for event in before]
    assert off(after)[:2] == ["Session 9", "Session 10"]
    assert titled(after, "Session 10").day == today + days(9 * 28)
    assert titled(after, "Session 8 of 8").status == "CONFIRMED"
    changing.change_plan(plan_id, 10, 4, actor="customer", now=clock.now())
    assert off(look()) == []


def test_a_moved_refill_moves_its_notice_and_charge(look: Look, plan_id: int) -> None:
    before = look()
    move(plan_id, 1, 2, actor="customer", now=clock.now())
    after = look()
    for title in ("Notice of refill 1", "Refill 1 is charged"):
        assert titled(after, title).day == titled(before, title).day + days(14)


def test_a_refill_left_out_is_cancelled_with_its_notice(look: Look, plan_id: int) -> None:
    skip(plan_id, 1, actor="customer", now=clock.now())
    assert off(look()) == ["Notice of refill 1", "Refill 1 is charged, £49.00"]


def test_all_that_is_to_come_is_cancelled_while_the_plan_is_held_and_stands_again_when_it_goes_on(
    look: Look, plan_id: int, driver: Driver, bought: Bought, today: date
) -> None:
    driver.travel(today + days(30), work=False)
    before = look()
    pauses.hold(plan_id, actor="customer", now=clock.now())
    held = look()
    assert off(held) == [event.title for event in before[2:]]
    driver.travel(today + days(35), work=False)
    assert [event.day for event in look()] == [event.day for event in held], "no day moves by itself"
    with host.unit() as session:
        plan, _ = taken(session, plan_id)
        pauses.go_on(session, plan, actor="customer", now=clock.now())
    after = look()
    assert off(after) == []
    assert [event.day for event in after[:10]] == [
        *(event.day for event in before[:2]),
        *(event.day + days(5) for event in before[2:10]),
    ]
    assert charges(after) == [refill.charge_on for refill in driver.refills(bought)]


def test_a_plan_that_was_ended_keeps_what_was_and_cancels_what_is_to_come(
    look: Look, plan_id: int, driver: Driver, today: date
) -> None:
    driver.travel(today + days(30), work=False)
    before = [event.title for event in look()]
    commands.end(plan_id, actor="customer", now=clock.now())
    assert off(look()) == before[2:]


def test_a_plan_that_has_run_to_its_end_keeps_all_it_was(look: Look, driver: Driver, bought: Bought) -> None:
    for number in (1, 2):
        driver.until_due(bought, number)
        driver.work()
    driver.travel(look()[9].day + days(2))
    found = look()
    assert off(found) == []
    assert titled(found, "Refill 2 was charged, £49.00").day == driver.refill(bought, 2).paid_on


def test_a_charge_is_told_as_it_goes(look: Look, driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    announced = titled(look(), "Notice of refill 1")
    assert announced.day == driver.refill(bought).notice_on
    driver.card_behaves(bought, "pm_card_chargeDeclinedInsufficientFunds")
    driver.work()
    declined = titled(look(), "Refill 1")
    assert (declined.title, declined.day) == ("Refill 1 is tried again, £49.00", driver.refill(bought).retry_on)
    driver.card_behaves(bought, None)
    driver.travel(declined.day)
    paid = titled(look(), "Refill 1")
    assert (paid.title, paid.day) == ("Refill 1 was charged, £49.00", driver.refill(bought).paid_on)


def test_a_charge_that_only_its_customer_can_make_is_not_sure(look: Look, driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    waits = titled(look(), "Refill 1")
    assert (waits.title, waits.status) == ("Refill 1 waits for you to pay, £49.00", "TENTATIVE")


@pytest.mark.parametrize("word", ["serum", "needle", "derma", "mesotherapy", "skin", "hair", "treatment"])
def test_no_word_tells_what_the_plan_is_for(look: Look, word: str) -> None:
    assert not any(word in event.title.lower() for event in look())


def test_no_charge_is_sure_while_charges_are_stopped(look: Look, plan_id: int) -> None:
    with host.unit() as session:
        stop(session, plan_id, DISPUTE, now=clock.now())
    told = titled(look(), "Refill 1")
    assert (told.title, told.status) == ("Refill 1 is not charged for now, £49.00", "TENTATIVE")
    assert titled(look(), "Session 2 of 10").status == "CONFIRMED"


def test_a_charge_that_waits_for_its_customers_yes_is_not_sure(look: Look, plan_id: int, driver: Driver) -> None:
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.subscription_id == plan_id).values(must_confirm=True))
    told = titled(look(), "Refill 1")
    assert (told.title, told.status) == ("Refill 1 is charged if you say yes, £49.00", "TENTATIVE")

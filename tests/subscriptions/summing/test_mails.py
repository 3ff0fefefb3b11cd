"""The advance notice says what has changed, with a link for each way out; the end mail sums the plan up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from kits import clock, host
from kits.dates import written
from subscriptions.commands import end
from subscriptions.controls import changing, pauses, session_log
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver, days

Mail = Callable[[str], str]


@pytest.fixture
def mail(mail_folder: Path) -> Mail:
    """The text of the last mail of a subject, on one line."""

    def text(subject: str) -> str:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mail_folder.iterdir())]
        body = [each for each in mails if each["Subject"] == subject][-1].get_body(("plain",))
        assert body is not None
        return " ".join(str(body.get_content()).split())

    return text


def days_of(plan_id: int) -> tuple[date, date]:
    """A plan's first and last session."""
    try:
        plan = host.session().get_one(Subscription, plan_id)
        return plan.start, plan.last_session
    finally:
        host.end_reads()


NOTICE, ENDED = "Your next serum refill", "Your refills have ended"


def test_an_undisturbed_plans_notice_names_no_change_and_each_way_out(
    driver: Driver, bought: Bought, mail: Mail
) -> None:
    driver.travel(driver.refill(bought).notice_on)
    said = mail(NOTICE)
    assert said.startswith("We will charge £")
    assert [words for words in ("When you bought", "instead of", "has moved") if words in said] == []
    for part in (
        "ending in 4242",
        "/hold",
        "/end",
        "/change",
        f"Charged on: {written(driver.refill(bought).charge_on)}",
    ):
        assert part in said, part


def test_what_moved_and_what_it_holds_since_the_order_is_said(driver: Driver, bought: Bought, mail: Mail) -> None:
    plan, before = bought.subscription_id or 0, driver.refill(bought)
    pauses.pause(plan, clock.today(clock.now()) + days(20), actor="customer", now=clock.now())
    changing.change_quantity(plan, 2, actor="customer", now=clock.now())
    driver.travel(driver.refill(bought).notice_on)
    said = mail(NOTICE)
    assert f"When you bought your plan this refill was needed from {written(before.needed_on)}." in said
    assert "The refill now holds 2 boxes instead of 1 box." in said


def test_announced_anew_it_says_from_which_day_the_charge_moved(driver: Driver, bought: Bought, mail: Mail) -> None:
    plan = bought.subscription_id or 0
    driver.travel(driver.refill(bought).notice_on)
    before = driver.refill(bought).charge_on
    pauses.pause(plan, clock.today(clock.now()) + days(60), actor="customer", now=clock.now())
    driver.travel(driver.refill(bought).notice_on)
    after = driver.refill(bought).charge_on
    assert f"The charge has moved from {written(before)} to {written(after)}." in mail(NOTICE)


def test_the_last_refill_is_announced_as_the_last(driver: Driver, bought: Bought, mail: Mail) -> None:
    driver.until_due(bought)
    driver.work()
    assert "This is the last refill" not in mail(NOTICE)
    driver.travel(driver.refill(bought, 2).notice_on)
    assert "This is the last refill of your plan." in mail(NOTICE)


def test_the_end_sums_up_sessions_boxes_and_charges(driver: Driver, bought: Bought, mail: Mail) -> None:
    session_log.skip(bought.subscription_id or 0, 2, actor="customer", now=clock.now())
    driver.until_due(bought)
    driver.work()
    end(bought.subscription_id or 0, actor="customer", now=clock.now())
    driver.work()
    said = mail(ENDED)
    assert "Your plan was for 10 sessions, and its refills were ended before the last." in said
    assert "Sessions done: 3, skipped: 1 (one that was not logged counts as done on its day)" in said
    assert "Refills sent: 0 Charged for refills in all: £" in said


def test_a_session_of_the_day_on_which_a_plan_ends_is_not_said_to_be_done(
    driver: Driver, bought: Bought, mail: Mail
) -> None:
    plan = bought.subscription_id or 0
    driver.travel(days_of(plan)[0])
    end(plan, actor="customer", now=clock.now())
    driver.work()
    assert "Sessions done: 0 (" in mail(ENDED)


def test_a_session_that_a_hold_keeps_from_being_had_is_not_said_to_be_done(
    driver: Driver, bought: Bought, mail: Mail
) -> None:
    plan = bought.subscription_id or 0
    driver.travel(days_of(plan)[0])
    pauses.hold(plan, actor="customer", now=clock.now())
    driver.travel(clock.today(clock.now()) + days(30))
    end(plan, actor="customer", now=clock.now())
    driver.work()
    assert "Sessions done: 0 (" in mail(ENDED)


def test_a_changed_plan_is_summed_up_as_it_was_changed(driver: Driver, bought: Bought, mail: Mail) -> None:
    plan = bought.subscription_id or 0
    changing.change_plan(plan, 6, 2, actor="customer", now=clock.now())
    driver.travel(days_of(plan)[1] + days(1))
    driver.work()
    assert "Your plan had 6 sessions, the last on" in mail(ENDED)

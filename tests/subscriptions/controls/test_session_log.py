"""What a customer says of sessions moves what follows, or drops it; taken back, it is as if it had never been said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kits import clock
from kits.errors import BadInput, NotFound, WrongState
from subscriptions import commands
from subscriptions.controls import session_log
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.controls.conftest import Ask, later

Needs = Callable[[], list[tuple[date, str]]]
Subjects = Callable[[], list[str]]


def say(plan_id: int, number: int, on: date | None) -> None:
    if on is None:
        session_log.skip(plan_id, number, actor="customer", now=clock.now())
    else:
        session_log.done(plan_id, number, on, actor="customer", now=clock.now())


def undo(plan_id: int, number: int) -> None:
    session_log.undo(plan_id, number, actor="customer", now=clock.now())


@pytest.fixture
def that_day(driver: Driver, today: date) -> date:
    """The day twelve days after the second session."""
    return clock.today(driver.travel(today + days(28 + 12)))


def test_a_late_session_moves_every_refill_that_is_to_come(
    plan_id: int, that_day: date, needs: Needs, asked: Ask, subjects: Subjects
) -> None:
    before, last = needs(), asked().last_session
    say(plan_id, 2, that_day)
    assert needs() == later(before, 12)
    assert asked().last_session == last + days(12)
    assert "Your plan has changed" not in subjects(), "who logs a session need not be written to"


def test_a_session_done_on_its_day_moves_nothing(plan_id: int, that_day: date, needs: Needs) -> None:
    before = needs()
    say(plan_id, 2, that_day - days(12))
    assert needs() == before


def test_taking_a_late_session_back_moves_everything_back(plan_id: int, that_day: date, needs: Needs) -> None:
    before = needs()
    say(plan_id, 2, that_day)
    undo(plan_id, 2)
    undo(plan_id, 2)
    assert needs() == before


def test_logging_a_session_anew_corrects_its_day(plan_id: int, that_day: date, needs: Needs) -> None:
    before = needs()
    say(plan_id, 2, that_day)
    say(plan_id, 2, that_day - days(7))
    assert needs() == later(before, 5)


def test_a_refill_that_skipped_sessions_no_longer_need_is_dropped_and_the_customer_told(
    plan_id: int, needs: Needs, subjects: Subjects, driver: Driver
) -> None:
    [first, second] = needs()
    for number in (8, 9, 10):
        say(plan_id, number, None)
    assert needs() == [first, (second[0], "dropped")]
    driver.work()
    assert subjects().count("A refill is no longer needed") == 1
    undo(plan_id, 10)
    assert needs() == [first, second], "and comes back when it is needed again"


def test_a_dropped_refill_is_never_charged(plan_id: int, driver: Driver, bought: Bought) -> None:
    for number in (8, 9, 10):
        say(plan_id, number, None)
    driver.until_due(bought)
    driver.work()
    driver.travel(driver.refill(bought, 2).charge_on + days(60))
    assert (driver.charges()[bought.number, "1"], driver.charges()[bought.number, "2"]) == (1, 0)


def test_a_charge_is_never_earlier_than_the_last_notice_said(
    plan_id: int, driver: Driver, bought: Bought, that_day: date
) -> None:
    say(plan_id, 2, that_day)
    told = driver.until_due(bought).charge_on
    undo(plan_id, 2)
    refill = driver.refill(bought)
    assert (refill.state, refill.charge_on) == ("notified", told)
    assert refill.needed_on < told + days(7), "it is needed twelve days sooner again"


@pytest.mark.parametrize(
    ("number", "ago", "says"),
    [(2, -1, "has not come yet"), (2, 40, "Session 1 is on"), (4, 0, "Session 3 is on")],
)
def test_a_day_that_cannot_be_is_refused(
    number: int, ago: int, says: str, plan_id: int, that_day: date, needs: Needs
) -> None:
    before = needs()
    with pytest.raises(BadInput, match=says):
        say(plan_id, number, that_day - days(ago))
    assert needs() == before


def test_a_session_is_not_after_a_later_one_that_was_done(plan_id: int, that_day: date) -> None:
    say(plan_id, 2, that_day - days(5))
    with pytest.raises(BadInput, match="Session 2 was done on"):
        say(plan_id, 1, that_day - days(5))


@pytest.mark.parametrize("number", [0, 11, -3])
def test_a_plan_has_no_other_sessions(number: int, plan_id: int) -> None:
    with pytest.raises(NotFound):
        say(plan_id, number, None)


def test_sessions_too_close_are_warned_about_and_not_planned(plan_id: int, that_day: date, asked: Ask) -> None:
    say(plan_id, 2, that_day - days(12))
    say(plan_id, 3, that_day - days(2))
    course = asked().course
    assert session_log.too_close(course, 3, 2) == (
        "That was 10 days after session 2. Please leave at least 2 weeks between sessions; your next one is planned so."
    )
    assert (session_log.too_close(course, 2, 2), session_log.too_close(course, 1, 2)) == ("", "")
    assert course.steps[3].day - course.steps[2].day >= timedelta(weeks=2)


def test_a_plan_that_has_ended_takes_no_log(plan_id: int, that_day: date) -> None:
    commands.end(plan_id, actor="customer", now=clock.now())
    with pytest.raises(WrongState, match="have ended"):
        say(plan_id, 2, that_day)

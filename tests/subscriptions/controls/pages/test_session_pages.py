"""A session is logged with one press, by whoever has the order's link, and taken back beside it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from kits import clock, host
from shop.orders.find import order_by_id
from subscriptions import commands
from subscriptions.pages.sections import account_section, order_section
from subscriptions.tables import SessionLog
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import NUL, nothing_changed
from tests.journeys.pages import Page
from tests.subscriptions.controls.pages.conftest import Customer


def log() -> list[tuple[int, date | None]]:
    found = host.session().execute(select(SessionLog.number, SessionLog.done_on).order_by(SessionLog.number)).all()
    host.end_reads()
    return [(row.number, row.done_on) for row in found]


@pytest.fixture
def day(driver: Driver, today: date) -> date:
    """Five days after the second session."""
    return clock.today(driver.travel(today + days(33)))


def test_one_press_logs_the_session_of_today_and_one_takes_it_back(customer: Customer, day: date) -> None:
    assert customer.page("/sessions").form("Done today").action.endswith("/sessions/2")
    assert customer.send("/sessions/2", said="today").status_code == 303
    assert log() == [(2, day)]
    said = customer.page("/sessions/2")
    assert said.heading == "Session 2 is done"
    assert "Your next session is number 3" in said.words
    assert said.form("Undo").filled("Undo")["said"] == "undo"
    customer.send("/sessions/2", said="undo")
    customer.send("/sessions/2", said="undo")
    assert log() == []
    assert customer.page("/sessions/2").form("Done today")


def test_another_day_is_typed_and_corrected(customer: Customer, day: date) -> None:
    for ago in (1, 3):
        assert customer.send("/sessions/2", said="day", on=(day - days(ago)).isoformat()).status_code == 303
    assert log() == [(2, day - days(3))]


def test_a_skipped_session_is_drawn_and_said_in_words_and_can_be_taken_back(customer: Customer, day: date) -> None:
    customer.send("/sessions/3", said="skip")
    assert log() == [(3, None)]
    assert customer.page("/sessions/3").heading == "Session 3 is skipped"
    plan = customer.page("/change")
    assert "rf-session rf-is-skipped" in plan.html
    assert "Session 3 is skipped." in plan.words
    assert "9 sessions" in plan.words
    customer.send("/sessions/3", said="undo")
    assert "skipped" not in customer.page("/change").html


def test_sessions_too_close_are_warned_about_beside_the_undo(customer: Customer, day: date) -> None:
    customer.send("/sessions/2", said="day", on=(day - days(1)).isoformat())
    assert "days after session" not in customer.page("/sessions/2").words
    customer.send("/sessions/3", said="today")
    page = customer.page("/sessions/3")
    assert "That was 1 day after session 2. Please leave at least 2 weeks between sessions" in page.words
    assert page.form("Undo")


def test_pressing_twice_logs_once(customer: Customer, day: date) -> None:
    customer.send("/sessions/2", said="today")
    with nothing_changed():
        assert customer.send("/sessions/2", said="today").status_code == 303


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        *(({"said": said}, "Press one of the buttons.") for said in ("", "nothing", "day" * 999)),
        ({"said": NUL}, "we cannot read"),
        ({}, "Press one of the buttons."),
        ({"said": "day"}, "Give the day of your session."),
        *(({"said": "day", "on": on}, "Give the day") for on in ("", "soon", "2027-02-30", NUL, "9" * 5000)),
        ({"said": "day", "on": "9999-12-31"}, "has not come yet"),
        ({"said": "day", "on": "0001-01-01"}, "Log or skip that one first."),
    ],
)
def test_what_cannot_be_logged_is_said_beside_the_field(
    typed: dict[str, str], says: str, customer: Customer, day: date
) -> None:
    with nothing_changed():
        answer = customer.send("/sessions/2", **typed)
    assert (answer.status_code, says in Page(answer.text).words) == (422, True)


@pytest.mark.parametrize("number", ["0", "11", "-1", "x", str(2**70)])
def test_a_session_that_the_plan_has_not_is_not_found(number: str, customer: Customer) -> None:
    assert customer.page(f"/sessions/{number}").status == 404
    assert customer.send(f"/sessions/{number}", said="today").status_code == 404


def test_a_plan_that_has_ended_takes_no_log_and_says_so(customer: Customer, plan_id: int) -> None:
    commands.end(plan_id, actor="customer", now=clock.now())
    answer = customer.send("/sessions/1", said="today")
    assert (answer.status_code, "have ended" in answer.text) == (409, True)
    assert "nothing to log" in customer.page("/sessions").words


def sections(bought: Bought) -> list[str]:
    with current_app.test_request_context():
        order = order_by_id(host.session(), bought.order_id)
        found = [order_section(order, clock.now()), account_section(order.customer, clock.now())]
    host.end_reads()
    return found


def test_order_and_account_offer_the_session_to_log_and_the_plans_controls(
    customer: Customer, bought: Bought, day: date
) -> None:
    for section in sections(bought):
        page = Page(section)
        assert page.form("Done today").action == f"{customer.at}/sessions/2"
        assert page.link("Change your plan") == f"{customer.at}/change"
        assert page.link("Log a session") == f"{customer.at}/sessions"


def test_the_rollers_wear_is_counted_where_the_shop_says_how_long_it_lasts(
    customer: Customer, app: Flask, day: date
) -> None:
    assert "Your roller" not in customer.page("/sessions").words
    app.config["SHOP_ROLLER_SESSIONS"] = 3
    assert "Your roller was used for 2 of the 3 sessions" in customer.page("/sessions").words
    customer.send("/sessions/3", said="today")
    assert "ask for a new roller before your next session" in customer.page("/sessions/3").words
    customer.send("/sessions/3", said="skip")
    assert "Your roller was used for 2 of the 3" in customer.page("/sessions/3").words

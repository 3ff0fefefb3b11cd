"""A charge that waits for a yes: said in time it is made, not said the plan rests, and a fresh yes lets it go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from kits.audit import AuditEntry
from subscriptions.acknowledging import confirming, counting, silence
from subscriptions.commands import end
from subscriptions.controls import pauses
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words
from tests.shop.storefront.conftest import all_hidden
from tests.subscriptions.acknowledging.conftest import confirm, rows

Say = Callable[..., str]
Subjects = Callable[[], list[str]]
ASKS = "Your plan waits for your yes"


@pytest.fixture
def each_charge(app: Flask) -> None:
    """The shop asks for a yes before every charge."""
    app.config["SHOP_CONFIRM_CHARGES"] = True


@pytest.fixture
def page(bought: Bought) -> str:
    """The path of the page on which the plan's customer says yes."""
    return f"/orders/{bought.token}/refills/{bought.subscription_id}/notice"


def charged(driver: Driver, bought: Bought, number: str = "1") -> int:
    return driver.charges()[bought.number, number]


def hold(bought: Bought) -> bool:
    return pauses.hold(bought.subscription_id or 0, actor="customer", now=clock.now())


def said_yes() -> list[str]:
    """The versions in the audit log, one for each time that a customer confirmed."""
    mine = select(AuditEntry.detail).where(AuditEntry.action == "notice.acknowledged").order_by(AuditEntry.id)
    found = [detail["version"] for detail in host.session().scalars(mine)]
    host.end_reads()
    return found


@pytest.mark.usefixtures("each_charge")
def test_with_a_yes_before_each_charge_the_refill_is_charged_on_its_day(
    driver: Driver, bought: Bought, page: str, client: Visitor
) -> None:
    driver.travel(driver.refill(bought).notice_on)
    assert "Your next refill waits for your yes" in words(client.get(page))
    confirm(client, page)
    assert "You have confirmed the notice" in words(client.get(page))
    driver.travel(driver.refill(bought).charge_on)
    assert charged(driver, bought) == 1


@pytest.mark.usefixtures("each_charge")
def test_a_yes_is_for_one_charge_and_the_next_one_asks_again(
    driver: Driver, bought: Bought, page: str, client: Visitor
) -> None:
    driver.travel(driver.refill(bought).notice_on)
    confirm(client, page)
    driver.travel(driver.refill(bought).charge_on)
    driver.travel(driver.refill(bought, 2).notice_on)
    assert "Your next refill waits for your yes" in words(client.get(page))
    driver.travel(driver.refill(bought, 2).charge_on)
    assert (charged(driver, bought), charged(driver, bought, "2")) == (1, 0)


@pytest.mark.parametrize("why", ["setting", "new notice"])
def test_silence_holds_the_plan_on_the_day_of_the_charge_and_tells_what_to_do(
    why: str,
    driver: Driver,
    bought: Bought,
    app: Flask,
    new_notice: Say,
    subjects: Subjects,
    page: str,
    client: Visitor,
) -> None:
    app.config["SHOP_CONFIRM_CHARGES"] = why == "setting"
    if why == "new notice":
        new_notice()
    driver.travel(driver.refill(bought).notice_on)
    due = driver.refill(bought)
    driver.travel(due.charge_on - days(1))
    assert subjects().count(ASKS) == 0
    driver.travel(due.charge_on)
    driver.travel(due.charge_on + days(20))
    assert (charged(driver, bought), subjects().count(ASKS)) == (0, 1)
    confirm(client, page)
    driver.work()
    refill = driver.refill(bought)
    assert refill.needed_on == due.needed_on + days(20)
    driver.travel(refill.charge_on)
    confirm_if_asked(client, page)
    driver.travel(driver.refill(bought).charge_on)
    assert charged(driver, bought) == 1


def confirm_if_asked(client: Visitor, page: str) -> None:
    if "csrf_token" in client.get(page).text:
        confirm(client, page)


@pytest.mark.usefixtures("each_charge")
def test_a_yes_on_the_very_day_after_the_plan_was_held_is_charged_that_day(
    driver: Driver, bought: Bought, page: str, client: Visitor
) -> None:
    due = driver.until_due(bought)
    driver.work()
    assert "Your plan is on hold" in words(client.get(page))
    confirm(client, page)
    driver.work()
    assert (charged(driver, bought), driver.refill(bought).paid_on) == (1, due.charge_on)


def test_without_a_newer_notice_and_the_setting_nobody_is_asked(
    driver: Driver, bought: Bought, page: str, client: Visitor
) -> None:
    driver.until_due(bought)
    assert client.get(page).status_code == 404
    driver.work()
    assert charged(driver, bought) == 1


def test_a_held_plan_goes_on_with_a_fresh_acknowledgement_each_time(
    driver: Driver, bought: Bought, page: str, client: Visitor
) -> None:
    for month in (1, 2):
        hold(bought)
        driver.travel(clock.now() + days(30))
        assert confirm(client, page).location == page
        assert "You have confirmed the notice" in words(client.get(page))
        assert said_yes() == ["1"] * month
        [(plan, version, _, accepted_at)] = rows()
        assert (plan, version, clock.today(accepted_at)) == (bought.subscription_id, "1", clock.today(clock.now()))
    with host.unit() as session:
        assert list(counting.plans_by_notice(session).values()) == [1], "the plan counts once"


def test_sending_the_page_back_twice_lets_the_plan_go_on_once(
    driver: Driver, bought: Bought, page: str, client: Visitor, subjects: Subjects
) -> None:
    hold(bought)
    form = {**all_hidden(client.get(page)), "accepted": "1"}
    assert [client.post(page, data=form).status_code for _ in range(2)] == [303, 303]
    assert said_yes() == ["1"]
    hold(bought)
    driver.work()
    assert subjects().count("Your plan has changed") == 1


@pytest.mark.parametrize("typed", [{"accepted": ""}, {"accepted": "0"}, {"accepted": "no way"}, {"version": "\0"}])
def test_a_held_plan_does_not_go_on_without_the_tick(
    typed: dict[str, str], bought: Bought, page: str, client: Visitor
) -> None:
    hold(bought)
    with nothing_changed():
        assert confirm(client, page, **typed).status_code == 422


@pytest.mark.parametrize("version", ["0", "", "1" * 400])
def test_another_version_than_the_one_in_force_is_not_taken(
    version: str, bought: Bought, page: str, client: Visitor
) -> None:
    hold(bought)
    with nothing_changed():
        answer = confirm(client, page, version=version)
    assert (answer.status_code, confirming.CHANGED in words(answer)) == (409, True)


def test_a_notice_that_changed_while_it_was_read_is_shown_anew(
    bought: Bought, page: str, client: Visitor, new_notice: Say
) -> None:
    hold(bought)
    form = {**all_hidden(client.get(page)), "accepted": "1"}
    new_notice()
    answer = client.post(page, data=form)
    assert (answer.status_code, "Words of version 2." in answer.text, rows()) == (409, True, [])


def test_a_plan_that_has_ended_does_not_go_on(bought: Bought, page: str, client: Visitor) -> None:
    hold(bought)
    form = {**all_hidden(client.get(page)), "accepted": "1"}
    end(bought.subscription_id or 0, actor="customer", now=clock.now())
    with nothing_changed():
        assert client.post(page, data=form).status_code == 303
    assert "Your refills have ended" in words(client.get(page))


@pytest.mark.usefixtures("each_charge")
@pytest.mark.parametrize("first", ["yes", "duty"])
def test_a_yes_and_the_duty_at_once_end_with_a_plan_that_goes_on_and_one_charge(
    first: str, driver: Driver, bought: Bought, at_once: Callable[..., list[Any]]
) -> None:
    due, now = driver.until_due(bought), clock.now()
    yes = partial(confirming.confirm, bought.subscription_id, "1", actor="customer", now=now)
    duty = partial(silence.hold_unanswered, due.id, now)
    both = [yes, duty, duty] if first == "yes" else [duty, yes, duty]
    assert at_once(both) == [None, None, None]
    driver.work()
    assert (said_yes(), charged(driver, bought)) == (["1"], 1)

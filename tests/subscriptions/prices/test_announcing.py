"""A new refill price for running plans: told once by mail, taken by no charge before its period has run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from kits import clock, host
from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound, WrongState
from shop.work import duties
from shop.work.mailing.again import send_again
from shop.work.outbox import OutboxMail
from subscriptions.commands import end
from subscriptions.prices.announcing import NewRefillPrice, announce, undo
from subscriptions.prices.telling import PRICE_DUTIES
from tests.journeys.driving import Bought, Driver, days
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words
from tests.subscriptions.prices.conftest import an_hour_later, plan_prices, refill_charges, told
from tests.subscriptions.test_duties import a_round, free_all

Say = Callable[..., int]
Letters = Callable[[str], list[str]]


def live_on(driver: Driver, bought: Bought) -> None:
    """Let the plan's two refills be announced and charged on their days."""
    for number in (1, 2):
        driver.travel(max(driver.refill(bought, number).notice_on, clock.today(clock.now())))
        driver.travel(driver.refill(bought, number).charge_on)


def test_a_rise_is_told_by_mail_and_taken_by_the_first_notice_after_its_period(
    driver: Driver, bought: Bought, say: Say, letters: Letters
) -> None:
    say(5200)
    assert [row.state for row in told()] == ["to_tell"]
    an_hour_later(driver)
    [row] = told()
    assert (row.state, row.old_amount, row.new_amount) == ("accepted", 4900, 5200)
    assert row.announced_at is not None
    assert row.accepted_at is not None
    assert row.accepted_at >= row.announced_at
    assert row.from_day == clock.today(row.accepted_at) + days(30)
    [mail] = letters("cost more")
    first = driver.refill(bought)
    for part in ("each refill costs £52.00 instead of £49.00", "£193.00 instead of £187.00", "/end"):
        assert part in mail
    assert f"{first.charge_on.day} " in mail.partition(" on, ")[0]
    live_on(driver, bought)
    assert refill_charges(driver) == [5200, 5200]
    notices = letters("next serum refill")
    assert ["The price has changed" in notice for notice in notices] == [True, False]
    assert ["We will charge £52.00" in notice for notice in notices] == [True, True]
    assert (told()[0].state, len(letters("cost more"))) == ("holds", 1)


def test_the_orders_page_says_what_was_told_until_it_holds(
    driver: Driver, bought: Bought, say: Say, client: Visitor
) -> None:
    page, sentence = f"/orders/{bought.token}", "a refill costs £52.00 instead of £49.00 when its notice is written on"
    say(5200)
    assert sentence not in words(client.get(page))
    an_hour_later(driver)
    assert sentence in words(client.get(page))
    driver.travel(clock.now() + days(31))
    said = words(client.get(page))
    assert (sentence in said, "Each refill costs £52.00" in said) == (False, True)


def test_a_notice_that_is_out_already_keeps_the_old_price(
    driver: Driver, bought: Bought, say: Say, letters: Letters
) -> None:
    driver.travel(driver.refill(bought).notice_on - days(29))
    say(5200)
    an_hour_later(driver)
    driver.travel(driver.refill(bought).notice_on)
    assert (driver.refill(bought).notice_amount, plan_prices()) == (4900, [4900])
    driver.travel(driver.refill(bought).notice_on + days(1))
    assert plan_prices() == [5200]
    live_on(driver, bought)
    assert refill_charges(driver) == [4900, 5200]
    assert ["£49.00" in mail for mail in letters("is paid and will be sent")] == [True, False]


def test_a_fall_holds_at_once_from_the_next_notice_on(driver: Driver, bought: Bought, say: Say, app: Flask) -> None:
    driver.travel(driver.refill(bought).notice_on)
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:9"
    say(4500, days_ahead=0)
    driver.travel(clock.now() + timedelta(hours=1), work=False)
    a_round()
    assert (told()[0].state, told()[0].accepted_at, plan_prices()) == ("holds", None, [4500])
    assert driver.refill(bought).notice_amount == 4900


def test_a_mail_server_that_is_down_for_days_moves_the_day_and_no_charge_takes_more(
    driver: Driver, bought: Bought, say: Say, app: Flask
) -> None:
    server, first = app.config["SHOP_MAIL_URL"], driver.refill(bought)
    driver.travel(first.notice_on - days(32))
    say(5200)
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:9"
    for _ in range(3):
        driver.travel(clock.now() + days(1), work=False)
        free_all()
        a_round()
    assert [row.state for row in told()] == ["told"]
    app.config["SHOP_MAIL_URL"] = server
    driver.travel(clock.now() + days(1))
    [row] = told()
    assert row.accepted_at is not None
    assert (row.state, row.from_day) == ("accepted", clock.today(row.accepted_at) + days(30))
    live_on(driver, bought)
    assert refill_charges(driver) == [4900, 5200]


def test_a_mail_that_was_refused_changes_no_price(driver: Driver, bought: Bought, say: Say) -> None:
    say(5200)
    driver.travel(clock.now() + timedelta(hours=1), work=False)
    duties.one_round(PRICE_DUTIES)
    with host.unit() as session:
        session.execute(update(OutboxMail).where(OutboxMail.key.like("price-%")).values(state="refused"))
    live_on(driver, bought)
    assert refill_charges(driver) == [4900, 4900]


def test_a_mail_that_is_asked_for_again_counts_from_its_new_acceptance(
    driver: Driver, bought: Bought, say: Say
) -> None:
    say(5200)
    an_hour_later(driver)
    mail_id = told()[0].mail_id
    driver.travel(clock.now() + days(10))
    times = host.session().scalar(select(OutboxMail.times).where(OutboxMail.id == mail_id)) or 0
    host.end_reads()
    assert send_again(mail_id or 0, times, actor="staff:1", now=clock.now())
    assert (told()[0].state, told()[0].accepted_at) == ("told", None)
    driver.work()
    assert told()[0].from_day == clock.today(clock.now()) + days(30)


def test_until_the_first_mail_it_can_be_undone_and_nobody_hears_of_it(
    driver: Driver, bought: Bought, say: Say, letters: Letters
) -> None:
    change = say(5200)
    for _ in range(2):
        undo(change, actor="staff:1", now=clock.now())
    an_hour_later(driver)
    assert ([row.state for row in told()], letters("cost more")) == (["undone"], [])
    live_on(driver, bought)
    assert refill_charges(driver) == [4900, 4900]


def test_once_a_mail_is_written_it_cannot_be_undone(driver: Driver, bought: Bought, say: Say) -> None:
    change = say(5200)
    an_hour_later(driver)
    with pytest.raises(WrongState, match="first mail is written"):
        undo(change, actor="staff:1", now=clock.now())
    assert told()[0].state == "accepted"
    with pytest.raises(NotFound):
        undo(change + 1, actor="staff:1", now=clock.now())


def test_a_second_announcement_takes_the_place_of_one_that_does_not_hold_yet(
    driver: Driver, bought: Bought, say: Say, letters: Letters
) -> None:
    say(5200)
    an_hour_later(driver)
    say(5500)
    assert [row.state for row in told()] == ["accepted", "to_tell"], "the first stands until the second is told"
    an_hour_later(driver)
    assert [row.state for row in told()] == ["replaced", "accepted"]
    assert "£55.00 instead of £49.00" in letters("cost more")[1]
    live_on(driver, bought)
    assert refill_charges(driver) == [5500, 5500]


def test_a_change_that_was_told_is_called_off_by_announcing_the_price_there_is(
    driver: Driver, bought: Bought, say: Say, letters: Letters
) -> None:
    say(5200)
    an_hour_later(driver)
    say(4900, days_ahead=0)
    an_hour_later(driver)
    assert [row.state for row in told()] == ["replaced", "holds"]
    assert "stays at £49.00" in letters("stays as it is")[0]
    live_on(driver, bought)
    assert refill_charges(driver) == [4900, 4900]


def test_a_plan_that_has_ended_meanwhile_is_not_written_to(driver: Driver, bought: Bought, say: Say) -> None:
    say(5200)
    end(bought.subscription_id or 0, actor="customer", now=clock.now())
    an_hour_later(driver)
    assert [row.state for row in told()] == ["not_concerned"]


def test_plans_that_are_bought_later_or_have_no_refill_to_come_are_not_concerned(
    driver: Driver, bought: Bought, say: Say
) -> None:
    driver.buy(sessions=6, every_weeks=2)
    say(5200)
    driver.buy()
    assert len(told()) == 1
    an_hour_later(driver)
    assert len(told()) == 1


def test_the_same_form_announces_once_and_is_audited_once(driver: Driver, bought: Bought, say: Say) -> None:
    assert say(5200, submission="f") == say(5200, submission="f")
    audited = select(func.count(AuditEntry.id)).where(AuditEntry.action == "price.announced")
    assert (host.session().scalar(audited), len(told())) == (1, 1)


@pytest.mark.parametrize(
    ("amount", "ahead", "field"),
    [(5200, 29, "day"), (5200, -1, "day"), (5200, 366, "day"), (0, 30, "amount"), (10**7 + 1, 30, "amount"),
     (4900, 30, "amount"), (4500, -1, "day")],
)  # fmt: skip
def test_what_cannot_be_announced_is_refused_beside_its_field(
    amount: int, ahead: int, field: str, driver: Driver, bought: Bought, say: Say
) -> None:
    with pytest.raises(BadInput) as refused:
        say(amount, days_ahead=ahead)
    assert (refused.value.field, told()) == (field, [])


def test_an_unknown_kit_has_no_plans(driver: Driver) -> None:
    for slug in ("none", "\0"):
        with pytest.raises(NotFound):
            announce(slug, NewRefillPrice(5200, clock.today(clock.now()), "f"), actor="staff:1", now=clock.now())


def test_with_more_than_one_kit_the_mail_names_what_all_boxes_cost(
    driver: Driver, say: Say, letters: Letters, app: Any
) -> None:
    driver.buy(quantity=2)
    say(5200)
    an_hour_later(driver)
    assert "each refill costs £104.00 instead of £98.00" in letters("cost more")[0]

"""A contract keeps the law it was made under: in its key information, reminders, end and right to withdraw."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from kits import clock, host
from shop.orders.parcels import ship
from shop.orders.tables import Agreement
from shop.payments.settle import settle_page
from shop.work.outbox import OutboxMail
from subscriptions.commands import end
from subscriptions.law import regimes
from subscriptions.pages.sections import today_card
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words


def values(query: Any) -> list[Any]:
    found = list(host.session().scalars(query))
    host.end_reads()
    return found


@pytest.fixture(params=["uk_2013", "uk_dmcc", "eu"])
def law(request: pytest.FixtureRequest, driver: Driver, app: Flask) -> str:
    app.config["SHOP_SUBSCRIPTION_LAW"] = request.param
    return str(request.param)


def test_the_contract_keeps_its_law_and_what_was_said_whatever_the_setting_says_later(
    driver: Driver, law: str, app: Flask
) -> None:
    bought = driver.order()
    app.config["SHOP_SUBSCRIPTION_LAW"] = "uk_2013" if law != "uk_2013" else "eu"
    kept = Agreement.kind == "key_information"
    assert values(select(Agreement.version).where(kept)) == [law]
    for sentence in regimes.REGIMES[law].adds:
        assert sentence in values(select(Agreement.text).where(kept))[0]
    settle_page(driver.pay(driver.page(bought.order_id)), now=clock.now())
    assert values(select(Subscription.law)) == [law]
    texts = values(select(OutboxMail.text).order_by(OutboxMail.id))
    assert any("The key information of your refills" in text for text in texts)


def test_a_reminder_comes_with_the_notice_where_the_law_asks_for_one(driver: Driver, law: str) -> None:
    bought = driver.buy()
    for number in (1, 2):
        driver.travel(driver.refill(bought, number).notice_on)
        reminders = values(select(OutboxMail.id).where(OutboxMail.key.like("reminder-%")).order_by(OutboxMail.id))
        assert len(reminders) == (1 if law == "uk_dmcc" and number == 2 else 0)
        driver.travel(driver.refill(bought, number).charge_on)
    if law == "uk_dmcc":
        [mail] = values(select(OutboxMail.text).where(OutboxMail.key.like("reminder-%")))
        assert "to end them at no cost" in mail
        assert f"/orders/{bought.token}/refills/{bought.subscription_id}/end" in mail


def test_the_orders_page_says_under_which_law_the_refills_were_agreed_to(
    driver: Driver, law: str, client: Visitor
) -> None:
    bought = driver.buy()
    said = words(client.get(f"/orders/{bought.token}"))
    assert f"under {regimes.REGIMES[law].title}: you can withdraw" in said


@pytest.mark.parametrize("given", [14, 30])
def test_the_right_to_withdraw_lasts_as_long_as_the_contracts_law_gives(
    given: int, driver: Driver, client: Visitor, bought: Bought, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = regimes.REGIMES["uk_2013"]
    monkeypatch.setitem(regimes.REGIMES, "uk_2013", replace(known, cooling_off=timedelta(days=given)))
    ship(bought.order_id, tracking="", actor="staff:1", now=clock.now())
    last = clock.now() + days(14 + given)  # a parcel counts as on its way for 14 days
    page = f"/orders/{bought.token}/withdraw"
    driver.travel(last, work=False)
    assert client.get(page).status_code == 200
    driver.travel(last + days(1), work=False)
    assert client.get(page).status_code == 409


def test_ending_is_confirmed_by_a_mail_that_says_when_and_what_happens_to_money(driver: Driver, bought: Bought) -> None:
    end(bought.subscription_id or 0, actor="customer", now=clock.now())
    [mail] = values(select(OutboxMail.text).where(OutboxMail.key.like("ended-%")))
    assert "Ended on: " in mail
    assert "goes back to the card that paid, within 14 days" in mail


def test_staff_see_an_end_that_was_not_confirmed_for_20_hours(driver: Driver, bought: Bought) -> None:
    end(bought.subscription_id or 0, actor="customer", now=clock.now())

    def warned(hours: int) -> bool:
        with current_app.test_request_context():
            card = today_card(clock.now() + timedelta(hours=hours))
        host.end_reads()
        return "must leave within 24" in card

    assert (warned(19), warned(21)) == (False, True)
    driver.work()
    assert not warned(21)


def test_a_contract_of_before_laws_were_kept_is_one_of_2013(driver: Driver, app: Flask) -> None:
    app.config["SHOP_SUBSCRIPTION_LAW"] = "eu"
    order = driver.order()
    with host.unit() as session:
        for each in session.scalars(select(Agreement).where(Agreement.kind == "key_information")):
            session.delete(each)
    settle_page(driver.pay(driver.page(order.order_id)), now=clock.now())
    assert values(select(Subscription.law)) == ["uk_2013"]

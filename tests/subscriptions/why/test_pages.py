"""One page a refill tells why it was charged: agreed, announced, tried, paid, sent, refunded; support sees the ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask

from kits import clock, host
from kits.catalogue.first_kit import SLUG
from kits.dates import written
from shop.orders.parcels import ship
from shop.payments.giving_back import money_back
from shop.payments.giving_back.reasons import FAULTY
from subscriptions.acknowledging import confirming
from subscriptions.controls import pauses
from subscriptions.controls.session_log import done, skip
from subscriptions.prices.announcing import NewRefillPrice, announce
from subscriptions.unsent import choosing
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words


def path(bought: Bought, number: int = 1) -> str:
    return f"/orders/{bought.token}/refills/{bought.subscription_id}/{number}/why"


def in_order(text: str, *parts: str) -> None:
    """Each part stands in the text after the one before it."""
    at = 0
    for part in parts:
        found = text.find(part, at)
        assert found >= 0, f"{part!r} is not in what follows: {text[at:]}"
        at = found


@pytest.fixture
def charged(driver: Driver, bought: Bought) -> Bought:
    """A plan whose first refill was declined once, and paid the day after."""
    first = driver.until_due(bought).charge_on
    driver.card_behaves(bought, "pm_card_chargeDeclinedInsufficientFunds")
    driver.work()
    driver.card_behaves(bought, None)
    driver.travel(first + days(1))
    assert driver.refill(bought).state == "paid"
    return bought


def test_a_charge_is_told_from_the_purchase_to_the_refund(driver: Driver, charged: Bought, client: Visitor) -> None:
    order_id = driver.refill(charged).order_id or 0
    driver.travel(clock.now() + timedelta(hours=1))
    ship(order_id, tracking="RM123", actor="staff:1", now=clock.now())
    driver.travel(clock.now() + days(2))
    money_back.by_staff(order_id, 4900, reason=FAULTY, note="", actor="staff:1", now=clock.now(), mark="m")
    driver.travel(clock.now() + timedelta(hours=1))
    said = words(client.get(path(charged)))
    in_order(
        said,
        "Why was I charged?",
        "£49.00 was charged for refill 1 of your plan, as the mail of",
        "£49.00 of it went back to you",
        "You confirmed the notice",
        "Version 1 of the notice",
        "You bought the plan with its refills",
        f"With order {charged.number}, at £49.00 for a refill box",
        "We wrote the notice before the charge",
        "It names £49.00",
        "The notice was accepted",
        "We placed the refill’s order",
        "Attempt 1: £49.00",
        "Attempt 1 was declined",
        "There was not enough money on the account",
        "Attempt 2: £49.00",
        "Your payment arrived",
        "Your parcel left us",
        "1 × Serum, three months, lot LOT-SERUM-3M",
        "We refunded £49.00",
        "Something arrived damaged",
        "The refund was accepted",
    )
    assert "attempt " not in said, "ids are for support"


def test_support_sees_the_same_with_ids(driver: Driver, charged: Bought, staff: Staff) -> None:
    refill = driver.refill(charged)
    said = words(staff.get(f"/admin/refills/{refill.id}/why"))
    for part in ("insufficient_funds", "pi_", "mail ", f"subscription {charged.subscription_id}", "law uk_2013"):
        assert part in said
    order = staff.get(f"/admin/orders/{charged.number}").text
    assert f'href="/admin/refills/{refill.id}/why"' in order
    assert path(charged) not in order


def test_the_page_is_linked_from_the_refills_and_from_the_mail_about_the_payment(
    charged: Bought, client: Visitor, mail_folder: Path
) -> None:
    page = client.get(f"/orders/{charged.token}").text
    assert page.count(path(charged)) == 1
    assert path(charged, 2) not in page, "nothing has happened to the second one yet"
    mails = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in mail_folder.iterdir()]
    [mail] = [mail.get_body(("plain",)) for mail in mails if "is paid and will be sent" in str(mail["Subject"])]
    assert mail is not None
    assert path(charged) in mail.get_content()


def test_the_sessions_that_were_logged_stand_in_it(
    driver: Driver, bought: Bought, client: Visitor, today: date
) -> None:
    assert bought.subscription_id is not None
    done(bought.subscription_id, 1, today, actor="customer", now=clock.now())
    skip(bought.subscription_id, 2, actor="customer", now=clock.now())
    said = words(client.get(path(bought)))
    in_order(said, "Sessions logged so far", f"Session 1: done on {today:%a} {today.day}", "Session 2: skipped")


def test_before_a_charge_the_page_says_that_nothing_was_charged(
    driver: Driver, bought: Bought, client: Visitor
) -> None:
    assert "Nothing was charged. We write to you at least 7 days before" in words(client.get(path(bought)))
    refill = driver.until_due(bought)
    said = words(client.get(path(bought)))
    assert f"It is announced, and charged on {refill.charge_on:%a} {refill.charge_on.day}" in said


def test_a_price_that_was_told_of_is_a_part_of_the_story(driver: Driver, bought: Bought, client: Visitor) -> None:
    new = NewRefillPrice(5200, clock.today(clock.now()) + days(31), "f")
    announce(SLUG, new, actor="staff:1", now=clock.now())
    driver.travel(clock.now() + timedelta(hours=1))
    driver.until_due(bought)
    in_order(
        words(client.get(path(bought))),
        "We wrote of another price",
        "£52.00 instead of £49.00",
        "The mail about the price was accepted",
        "It names £52.00",
    )
    driver.travel(driver.refill(bought).charge_on)
    later = NewRefillPrice(5500, clock.today(clock.now()) + days(31), "g")
    announce(SLUG, later, actor="staff:1", now=clock.now())
    driver.travel(clock.now() + timedelta(hours=1))
    assert "£55.00" not in words(client.get(path(bought))), "it came too late to have a part in this charge"


def test_a_link_that_is_not_ones_own_opens_nothing(driver: Driver, bought: Bought, client: Visitor) -> None:
    other = driver.buy()
    with nothing_changed():
        for wrong in (
            f"/orders/{other.token}/refills/{bought.subscription_id}/1/why",
            f"/orders/x/refills/{bought.subscription_id}/1/why",
            f"/orders/{bought.token}/refills/{bought.subscription_id}/3/why",
            f"/orders/{bought.token}/refills/{bought.subscription_id}/{2**70}/why",
            f"/orders/{bought.token}/refills/{2**70}/1/why",
        ):
            assert client.get(wrong).status_code == 404, wrong
    assert "/admin/sign-in" in client.get("/admin/refills/1/why").location


def test_support_finds_no_refill_that_is_not_there(staff: Staff, bought: Bought) -> None:
    for wrong in (0, 999, 2**70):
        assert staff.get(f"/admin/refills/{wrong}/why").status_code == 404


def test_a_long_story_takes_as_many_statements_as_a_short_one(
    driver: Driver, bought: Bought, client: Visitor, served_once: Callable[[str], int]
) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    first = served_once(path(bought))
    for _ in range(3):
        driver.travel(clock.now() + days(2))
    assert served_once(path(bought)) == first


@pytest.fixture
def served_once(client: Visitor) -> Callable[[str], int]:
    """How many statements a page takes; the first request of a minute tidies up besides."""

    def statements(page: str) -> int:
        client.get(page)
        with counted(host.engine()) as found:
            assert client.get(page).status_code == 200
        return len(found)

    return statements


def test_pauses_and_holds_before_a_charge_are_told(driver: Driver, bought: Bought, client: Visitor) -> None:
    plan, day = bought.subscription_id or 0, clock.today(clock.now())
    pauses.pause(plan, day + days(10), actor="customer", now=clock.now())
    driver.travel(day + days(20))
    pauses.hold(plan, actor="customer", now=clock.now())
    assert f"Since {written(day + days(20))}: nothing is charged or sent" in words(client.get(path(bought)))
    driver.travel(day + days(25))
    confirming.confirm(plan, "1", actor="customer", now=clock.now())
    in_order(
        words(client.get(path(bought))),
        "Your plan rested",
        f"From {written(day)} until {written(day + days(10))}: what was to come moved by those days",
        "Your plan rested",
        f"From {written(day + days(20))} until {written(day + days(25))}",
        "You confirmed the notice",
        "Your plan went on",
    )


def test_the_choice_about_a_paid_box_is_told(driver: Driver, bought: Bought, client: Visitor) -> None:
    plan = bought.subscription_id or 0
    driver.travel(driver.until_due(bought).charge_on)
    driver.travel(clock.now() + timedelta(hours=1))
    pauses.hold(plan, actor="customer", now=clock.now())
    driver.travel(clock.now() + timedelta(hours=1))
    choosing.send(plan, 1, actor="customer", now=clock.now())
    in_order(
        words(client.get(path(bought))),
        "Your payment arrived",
        "Your plan rested",
        "We asked whether to send or to refund it",
        "It was to be sent all the same",
    )


def test_a_yes_to_a_charge_is_told(driver: Driver, bought: Bought, client: Visitor, app: Flask) -> None:
    app.config["SHOP_CONFIRM_CHARGES"] = True
    driver.travel(driver.refill(bought).notice_on)
    confirming.confirm(bought.subscription_id or 0, "1", actor="customer", now=clock.now())
    driver.travel(driver.refill(bought).charge_on)
    in_order(words(client.get(path(bought))), "The notice was accepted", "You said yes to the charge", "Attempt 1")

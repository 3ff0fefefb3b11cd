"""Buy: kit page, plan, basket, checkout, the hosted page, and an order that is paid."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import requests
from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from kits import host
from kits.catalogue.first_kit import NOTICE
from kits.stock.tables import Reservation
from shop.orders.tables import Acknowledgement, Order
from shop.payments.tables import Payment, PaymentAttempt
from tests.journeys.driving import Driver
from tests.journeys.pages import Person
from tests.journeys.shopping import (
    ADA,
    ASKS_EVERY_TIME,
    DECLINED,
    GOOD,
    Customer,
    letters,
    order_body,
    order_told,
    rows,
    saved_cards,
    to_the_checkout,
    until,
    written,
)
from tests.servers.commands import Commands
from tests.servers.ground import ServedShop
from tests.servers.sandbox import Sandbox


@pytest.fixture
def person(served: ServedShop) -> Person:
    """Someone who has just come to the shop."""
    return Person(served.url)


def token_of(person: Person) -> str:
    """The token of the order whose page is open."""
    return person.page.url.split("/orders/")[1].split("?")[0].split("/")[0]


def test_from_the_front_page_to_a_paid_order_and_its_mail(
    person: Person, stocked: str, today: date, sandbox: Sandbox, run_command: Commands, mail_folder: Path
) -> None:
    sandbox.hold_webhooks()
    start = today + timedelta(days=7)
    needs = [start + relativedelta(months=3), start + relativedelta(months=6)]

    person.open("/")
    person.follow("Plan your sessions")
    kit_page = person.press("Show this plan", sessions=10, every_weeks=4, start=start.isoformat())
    assert "£187.00" in kit_page.words
    for day in (start, *needs, start + timedelta(weeks=36)):
        assert written(day) in kit_page.words

    basket = person.press("Add with refills")
    assert (basket.heading, "£89.00" in basket.words) == ("Basket", True)

    checkout = person.follow("To the checkout")
    for said in ("£187.00", *map(written, needs), "at least 7 days before each charge", *NOTICE.split("\n- ")[1:-1]):
        assert " ".join(said.split()) in checkout.words
    assert "accepted" in checkout.form("Pay now").boxes, "the notice's box is not ticked beforehand"

    payment = person.press("Pay now", **ADA, accepted=True)
    assert (payment.url.startswith(sandbox.url), payment.heading) == (True, "Pay £89.00")
    order = person.press("Pay £89.00", card=GOOD)
    assert (order.url.startswith(person.address), order.status) == (True, 200)
    assert order.heading.startswith("Paid")

    told = order_told(person.address, token_of(person))
    assert told["state"] == "paid"
    assert [(r["number"], r["needed_on"], r["state"]) for r in told["refills"]] == [
        (1, needs[0].isoformat(), "scheduled"),
        (2, needs[1].isoformat(), "scheduled"),
    ]
    [charge] = sandbox.charges()
    assert (charge["amount"], charge["currency"]) == (8900, "gbp")
    assert (charge["metadata"]["order"], charge["metadata"]["root_order"]) == (told["number"], told["number"])

    run_command("shop", "work", "--once")
    [mail] = letters(mail_folder)
    assert (mail.to, mail.subject) == (ADA["email"], f"Order {told['number']} is paid")
    assert person.page.url.split("?")[0] in mail.text


def test_the_webhook_alone_settles_an_order_whose_customer_never_returns(
    person: Person, stocked: str, today: date, sandbox: Sandbox
) -> None:
    to_the_checkout(person, stocked, today)
    person.press("Pay now", **ADA, accepted=True)
    back = person.send("Pay £89.00", card=GOOD)
    assert back.status_code == 303
    token = back.headers["Location"].split("/orders/")[1].split("/")[0]
    assert until(lambda: order_told(person.address, token)["state"] == "paid")
    assert len(saved_cards(sandbox)) == 1
    assert [refill["number"] for refill in order_told(person.address, token)["refills"]] == [1, 2]


def test_the_return_and_the_webhook_together_pay_an_order_once(
    served: ServedShop,
    stocked: str,
    today: date,
    sandbox: Sandbox,
    driver: Driver,
    mail_folder: Path,
) -> None:
    sandbox.hold_webhooks()
    customer = Customer(served.url)
    customer.buys(stocked, today)
    assert customer.page.heading.startswith("Paid")
    sandbox.hold_webhooks(False)
    customer.open(customer.page.url.split("?")[0])
    driver.work()
    assert (rows(Payment), len(customer.sees()["refills"]), len(letters(mail_folder))) == (1, 2, 1)


def test_after_a_decline_another_card_pays_for_the_same_order(
    person: Person, stocked: str, today: date, sandbox: Sandbox
) -> None:
    to_the_checkout(person, stocked, today)
    person.press("Pay now", **ADA, accepted=True)
    declined = person.press("Pay £89.00", card=DECLINED)
    assert (declined.status, "declined" in declined.words) == (402, True)
    assert sandbox.charges() == []
    order = person.press("Pay £89.00", card=GOOD)
    assert order.heading.startswith("Paid")
    assert [charge["amount"] for charge in sandbox.charges()] == [8900]
    assert rows(Order) == 1


def test_a_card_that_asks_its_owner_pays_once_they_have_answered(
    person: Person, stocked: str, today: date, sandbox: Sandbox
) -> None:
    to_the_checkout(person, stocked, today)
    person.press("Pay now", **ADA, accepted=True)
    asked = person.press("Pay £89.00", card=ASKS_EVERY_TIME)
    assert "Your bank asks you to confirm" in asked.words
    assert sandbox.charges() == []
    assert person.press("Complete authentication").heading.startswith("Paid")


def test_who_leaves_the_payment_page_comes_back_to_the_same_one(person: Person, stocked: str, today: date) -> None:
    to_the_checkout(person, stocked, today)
    payment = person.press("Pay now", **ADA, accepted=True)
    order = person.follow("Cancel and go back")
    assert order.heading == "Waiting for your payment"
    assert person.press("Pay now").url == payment.url
    assert rows(PaymentAttempt) == 1


def test_two_clicks_on_pay_now_make_one_order_and_one_payment_page(person: Person, stocked: str, today: date) -> None:
    to_the_checkout(person, stocked, today)
    first, second = (person.send("Pay now", **ADA, accepted=True) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert rows(Order) == 1


def test_a_cancelled_order_gives_its_stock_back_and_closes_its_payment_page(
    person: Person, stocked: str, today: date
) -> None:
    to_the_checkout(person, stocked, today)
    payment = person.press("Pay now", **ADA, accepted=True)
    person.follow("Cancel and go back")
    assert person.press("Cancel the order").heading == "Cancelled"
    assert requests.post(payment.url, data={"card": GOOD}, timeout=30).status_code == 410
    assert set(host.session().scalars(select(Reservation.state))) == {"released"}
    assert "In stock" in person.open(f"/kits/{stocked}").words


def test_a_kit_alone_brings_no_refills_and_keeps_no_card(
    served: ServedShop, stocked: str, today: date, sandbox: Sandbox
) -> None:
    lines = order_body(stocked, today)["lines"]
    customer = Customer(served.url)
    order = customer.buys(stocked, today, lines=[{**lines[0], "refills": False}])
    assert (order["total"], order["plan_total"]) == ({"amount": 8900, "currency": "GBP"},) * 2
    assert (customer.sees()["state"], customer.sees()["refills"]) == ("paid", [])
    assert saved_cards(sandbox) == []


def test_what_was_acknowledged_is_kept_with_its_version_hash_and_time(
    person: Person, stocked: str, today: date, now: datetime
) -> None:
    to_the_checkout(person, stocked, today)
    person.press("Pay now", **ADA, accepted=True)
    [kept] = host.session().scalars(select(Acknowledgement)).all()
    assert (kept.version, kept.sha256) == ("1", hashlib.sha256(NOTICE.encode()).hexdigest())
    assert timedelta(0) <= kept.accepted_at - now < timedelta(minutes=1)

"""A staff member who is signed in, and an order that is paid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from kits import host
from kits.clock import today as day_of
from kits.money import Money
from shop.customers.staff.members import add_staff
from shop.orders.basket import Wish
from shop.orders.checkout import Address, Purchase, place
from shop.orders.find import order_by_id
from shop.payments import settle
from shop.payments.gateway.contract import Card, Intent
from tests.servers.client import Visitor

EMAIL, PASSWORD = "staff@example.org", "correct horse battery"


@dataclass
class Staff:
    """Sends the admin's forms with their token."""

    client: Visitor

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, page: str = "/admin/receive", **data: object) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        return self.client.post(path, data={**data, "csrf_token": found.group(1) if found else ""})


@pytest.fixture
def staff(app: Flask, client: Visitor, now: datetime) -> Staff:
    """Someone signed in to the admin."""
    with host.unit() as session:
        add_staff(session, EMAIL, PASSWORD, now)
    someone = Staff(client)
    answer = someone.post("/admin/sign-in", page="/admin/sign-in", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 303
    return someone


def sign_in(page: Page) -> None:
    """Sign in as that member of staff in a browser."""
    page.goto("/admin/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture
def placed(stocked: str, now: datetime) -> str:
    """The number of an order that waits for its payment."""
    return place_one(stocked, now)


@pytest.fixture
def paid(placed: str, now: datetime) -> str:
    """The number of an order that is paid and not packed."""
    settle.settle(paid_intent(placed), now=now)
    return placed


def place_one(kit: str, now: datetime, start: date | None = None, quantity: int = 1) -> str:
    """Place an order of ten sessions with refills; its number."""
    wish = Wish(kit, quantity, 10, 4, start or day_of(now) + timedelta(days=7), True)
    buyer = Purchase(
        "ada@example.org", "Ada Lovelace", Address("1 High Street", "London", "N1 1AA", "GB"), (wish,), "1", True
    )
    number = order_by_id(host.session(), place(buyer, now=now)).number
    host.end_reads()
    return number


def paid_intent(number: str, quantity: int = 1) -> Intent:
    """What the gateway says of an order that was paid."""
    total = Money(8900, "GBP") * quantity
    return Intent(
        f"pi_{number}", "succeeded", total, total.amount, {"order": number}, "cus_1", Card("pm_1", "visa", "4242")
    )


def words(page: TestResponse) -> str:
    """The page's text without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())

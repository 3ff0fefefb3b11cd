"""What buyers do in these stories, and what they find in their mail."""

from __future__ import annotations

import email
import email.policy
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, select

from kits import host
from shop.customers import tables as customers
from shop.customers.staff.members import add_staff
from tests.journeys.pages import Page, Person
from tests.servers.sandbox import Sandbox

ADA = {"email": "ada@example.org", "name": "Ada Example", "line1": "1 Garden Row", "city": "London"}
ADA |= {"postcode": "SE1 6HA", "country": "GB"}
GOOD, DECLINED, ASKS_EVERY_TIME = "4242424242424242", "4000000000000002", "4000002760003184"
PATIENCE = 15.0


def to_the_checkout(person: Person, kit: str, start: date, **plan: object) -> Page:
    """Put a plan into the basket and go to the checkout."""
    put_in_the_basket(person, kit, start, **plan)
    return person.follow("To the checkout")


def put_in_the_basket(person: Person, kit: str, start: date, **plan: object) -> Page:
    """Plan ten sessions every four weeks with refills, or as `plan` says."""
    asked = {"sessions": 10, "every_weeks": 4, "start": start.isoformat(), "quantity": 1, **plan}
    person.open(f"/kits/{kit}?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    return person.press("Add with refills")


def order_body(kit: str, start: date, **changed: Any) -> dict[str, Any]:
    """An order of one kit with refills as the API takes it; `changed` over its members."""
    return {
        "email": ADA["email"],
        "name": ADA["name"],
        "address": {name: ADA[name] for name in ("line1", "city", "postcode", "country")},
        "lines": [
            {
                "kit": kit,
                "quantity": 1,
                "plan": {"sessions": 10, "every_weeks": 4, "start": start.isoformat()},
                "refills": True,
            }
        ],
        "acknowledgement": {"version": "1", "accepted": True},
        **changed,
    }


class Customer(Person):
    """Someone who orders through the API and pays on the hosted page; `order` is what they were told."""

    def buys(self, kit: str, start: date, card: str = GOOD, **changed: Any) -> dict[str, Any]:
        """Order, pay, come back to the order's page."""
        answer = requests.post(f"{self.address}/api/v1/orders", json=order_body(kit, start, **changed), timeout=30)
        assert answer.status_code == 201, answer.text
        self.order = answer.json()
        self.open(self.order["payment_url"])
        self.press("Pay", card=card)
        return dict(self.order)

    def sees(self) -> dict[str, Any]:
        """The order as the API tells it now."""
        return order_told(self.address, self.order["token"])

    def refill(self, number: int) -> dict[str, Any]:
        """One refill as the API tells it now."""
        return dict(self.sees()["refills"][number - 1])


class Staff(Person):
    """Someone at the admin's pages."""

    PASSWORD = "a password of staff"

    @classmethod
    def signed_in(cls, address: str, now: datetime) -> Staff:
        """A new member of staff, through the door."""
        with host.unit() as session:
            add_staff(session, "sam@example.org", cls.PASSWORD, now)
        sam = cls(address)
        sam.open("/admin/")
        sam.press("Sign in", email="sam@example.org", password=cls.PASSWORD)
        return sam

    def ships(self, number: str) -> Page:
        """Pack an order: it leaves."""
        self.open(f"/admin/orders/{number}")
        return self.press("Mark as shipped")

    def receives(self, sku: str, lot: str, quantity: int, expires: date) -> Page:
        """Book a delivery."""
        self.open("/admin/")
        self.follow("Receive")
        return self.press("Receive", sku=sku, lot=lot, quantity=quantity, expires=expires.isoformat())


def order_told(address: str, token: str) -> dict[str, Any]:
    """`GET /api/v1/orders/<token>`."""
    answer = requests.get(f"{address}/api/v1/orders/{token}", timeout=30)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@dataclass(frozen=True)
class Letter:
    """A mail as it arrived; `text` without its line breaks."""

    to: str
    subject: str
    text: str


def letters(folder: Path) -> list[Letter]:
    """All mails, oldest first."""
    return [_letter(path) for path in sorted(folder.glob("*.eml"))]


def _letter(path: Path) -> Letter:
    read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = read.get_body(("plain",))
    assert body is not None
    return Letter(str(read["To"]), str(read["Subject"]), " ".join(body.get_content().split()))


def rows(table: type) -> int:
    """How many rows the table has."""
    try:
        return host.session().scalar(select(func.count()).select_from(table)) or 0
    finally:
        host.end_reads()


def written(day: date) -> str:
    """A day as our pages write it."""
    return f"{day.day} {day:%B %Y}"


def saved_cards(sandbox: Sandbox) -> list[str]:
    """The cards that the gateway keeps for our one customer."""
    customer = host.session().scalars(select(customers.Customer.stripe_customer)).one()
    host.end_reads()
    url = f"{sandbox.url}/v1/customers/{customer}/payment_methods"
    answer = requests.get(url, headers={"Authorization": f"Bearer {sandbox.key}"}, timeout=30)
    return [card["id"] for card in answer.json()["data"]]


def until(true: Callable[[], bool]) -> bool:
    """Wait up to 15 seconds for what another process does; whether it came."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return true()

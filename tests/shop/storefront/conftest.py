"""A shopper: a visitor who sends forms as our pages write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kits import host
from kits.catalogue.tables import Kit, Price
from tests.servers.client import Visitor

ADDRESS = {
    "email": "ada@example.org",
    "name": "Ada Lovelace",
    "line1": "1 High Street",
    "city": "London",
    "postcode": "N1 1AA",
    "country": "GB",
}


@dataclass
class Shopper:
    """`plan` is what they put into the basket unless told otherwise."""

    client: Visitor
    plan: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, page: str = "/kits/mesotherapy-kit", **data: object) -> TestResponse:
        """Send a form with the token that `page` shows."""
        return self.client.post(path, data={**data, "csrf_token": hidden(self.get(page), "csrf_token")})

    def add(self, **changed: object) -> TestResponse:
        return self.post("/basket", **{**self.plan, **changed})

    def form(self, **changed: object) -> dict[str, Any]:
        """The checkout as filled in by hand: what its page hides, an address and the tick."""
        page = self.get("/checkout")
        return {**all_hidden(page), **ADDRESS, "accepted": "1", **changed}

    def check_out(self, **changed: object) -> TestResponse:
        return self.client.post("/checkout", data=self.form(**changed))


@pytest.fixture
def plan(stocked: str, today: date) -> dict[str, str]:
    """Ten sessions, four weeks apart, from a week today, with refills."""
    start = (today + timedelta(days=7)).isoformat()
    return {"kit": stocked, "sessions": "10", "every_weeks": "4", "start": start, "quantity": "1", "refills": "1"}


@pytest.fixture
def shopper(client: Visitor, plan: dict[str, str]) -> Shopper:
    """Someone in front of a stocked shop."""
    return Shopper(client, plan)


@pytest.fixture
def order_page(shopper: Shopper) -> str:
    """The path of an order that waits for its payment: without keys the payment page does not answer."""
    shopper.add()
    return str(shopper.check_out().location).partition("?")[0]


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden field; empty when the page has none."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page.text)
    return found.group(1) if found else ""


def all_hidden(page: TestResponse) -> dict[str, str]:
    """Every hidden field of a page with its value."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)"[^>]* value="([^"]*)"', page.text))


def words(page: TestResponse) -> str:
    """The page's text without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def count(table: type[Any]) -> int:
    """How many rows a table holds."""
    try:
        return host.session().scalar(select(func.count()).select_from(table)) or 0
    finally:
        host.end_reads()


def line_of(shopper: Shopper, place: int = 0) -> str:
    """The key of a line in the basket."""
    keys = re.findall(r'/basket/remove">.*?name="line" value="([^"]*)"', shopper.get("/basket").text, re.DOTALL)
    return str(keys[place])


def dearer(now: datetime, kind: str = "kit", amount: int = 9500) -> None:
    """The price goes up while someone is looking."""
    with host.unit() as session:
        kit_id = session.scalars(select(Kit.id)).one()
        since = now - timedelta(minutes=1)
        session.add(Price(kit_id=kit_id, kind=kind, amount=amount, currency="GBP", valid_from=since))

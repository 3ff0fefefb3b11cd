"""A customer in front of their plan's pages, as a browser without script would show them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.driving import Bought
from tests.journeys.pages import Page
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import hidden


class Customer:
    """Reads the pages behind their order's link, and sends their forms."""

    def __init__(self, client: Visitor, bought: Bought) -> None:
        self.client, self.at = client, f"/orders/{bought.token}/refills/{bought.subscription_id}"
        self.token = hidden(client.get(f"{self.at}/end"), "csrf_token")

    def page(self, path: str, **query: object) -> Page:
        """A page of the plan."""
        answer = self.client.get(f"{self.at}{path}", query_string=query)
        return Page(answer.text, f"{self.at}{path}", answer.status_code)

    def send(self, path: str, **typed: object) -> Any:
        """Send a form of the plan's pages; the answer as it is."""
        return self.client.post(f"{self.at}{path}", data={"csrf_token": self.token, **typed})

    def change(self, wish: str, **typed: object) -> Page:
        """Have a change made, and read the page that it leads to."""
        answer = self.send(f"/change/{wish}", **typed)
        assert answer.status_code == 303, answer.text
        return Page(self.client.get(answer.location).text, answer.location)


@pytest.fixture
def customer(client: Visitor, bought: Bought) -> Customer:
    """The one who bought the plan of ten sessions every four weeks."""
    return Customer(client, bought)

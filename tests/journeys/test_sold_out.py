"""Sold out: 20 kits in stock, 100 buyers at the same moment, exactly 20 orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import requests

from kits.catalogue.first_kit import ROLLER, SERUM
from kits.stock.tables import Reservation
from shop.customers.tables import Customer
from shop.orders.tables import Order
from tests.conftest import STOCK
from tests.journeys.crowd import BUYERS, buyer, held, with_full_baskets
from tests.journeys.pages import Page
from tests.journeys.shopping import order_body, rows
from tests.servers.ground import ServedShop
from tests.servers.sandbox import Sandbox


def all_sold_once() -> None:
    """Twenty orders, each with its stock and its customer, and nothing left behind by those who came too late."""
    assert held() == {ROLLER: STOCK, SERUM: STOCK}
    assert (rows(Order), rows(Customer), rows(Reservation)) == (STOCK, STOCK, 2 * STOCK)


def test_of_100_buyers_at_the_checkout_20_get_a_kit_and_80_read_that_it_is_sold_out(
    served: ServedShop, stocked: str, today: date, sandbox: Sandbox, at_once: Callable[..., list[Any]]
) -> None:
    people = with_full_baskets(served, [[stocked]] * BUYERS, today)
    at_once([lambda person=person: person.open("/checkout") for person in people])

    def buy(number: int) -> requests.Response:
        return people[number].send("Pay now", **buyer(number), accepted=True)

    answers = at_once([lambda number=number: buy(number) for number in range(BUYERS)])

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Counter(answer.status_code for answer in answers) == {303: STOCK, 409: BUYERS - STOCK}
    to_pay = {answer.headers["Location"] for answer in answers if answer.status_code == 303}
    assert (len(to_pay), all(url.startswith(sandbox.url) for url in to_pay)) == (STOCK, True)
    turned_away = [Page(answer.text) for answer in answers if answer.status_code == 409]
    assert {page.heading for page in turned_away} == {"Checkout"}
    assert all("Sold out" in page.words and "Nothing was charged" in page.words for page in turned_away)
    all_sold_once()


def test_of_100_calls_of_the_api_20_get_a_kit_and_80_a_conflict(
    served: ServedShop, stocked: str, today: date, sandbox: Sandbox, at_once: Callable[..., list[Any]]
) -> None:
    def buy(number: int) -> requests.Response:
        body = order_body(stocked, today, email=f"buyer{number}@example.org")
        return requests.post(f"{served.url}/api/v1/orders", json=body, timeout=60)

    answers = at_once([lambda number=number: buy(number) for number in range(BUYERS)])

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Counter(answer.status_code for answer in answers) == {201: STOCK, 409: BUYERS - STOCK}
    told = [answer.json() for answer in answers]
    assert len({each["payment_url"] for each in told if "payment_url" in each}) == STOCK
    assert {(each["title"], each["left"]) for each in told if "title" in each} == {("Sold out", 0)}
    all_sold_once()


def test_orders_of_several_kits_never_promise_more_than_there_is(
    served: ServedShop, stocked: str, today: date, sandbox: Sandbox, at_once: Callable[..., list[Any]]
) -> None:
    def buy(number: int) -> int:
        body = order_body(stocked, today, email=f"buyer{number}@example.org")
        body["lines"][0]["quantity"] = 3
        return requests.post(f"{served.url}/api/v1/orders", json=body, timeout=60).status_code

    answers = at_once([lambda number=number: buy(number) for number in range(12)])
    fit = STOCK // 3
    assert Counter(answers) == {201: fit, 409: 12 - fit}
    assert held() == {ROLLER: fit * 3, SERUM: fit * 3}

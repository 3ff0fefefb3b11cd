"""An order that was placed and not paid: going on with it, and putting it back once its time is over."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import host
from shop.orders.tables import AWAITING, PAID, Order
from shop.storefront import kept
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import Shopper, dearer, line_of, words
from tests.shop.storefront.test_statements import statements

AGAIN = "Put it back into my basket"


def test_an_unpaid_order_is_gone_on_with_from_the_empty_basket(shopper: Shopper, order_page: str) -> None:
    page = shopper.get("/basket")
    assert "waits for your payment Its stock is kept for you until" in words(page)
    assert f'href="{order_page}"' in page.text
    assert AGAIN not in words(page)


def test_it_cannot_be_put_back_while_it_can_be_paid(shopper: Shopper, order_page: str) -> None:
    assert shopper.post("/basket/again").status_code == 303
    assert in_basket(shopper) == []


def test_a_cancelled_order_is_put_back_once_with_what_it_was_ordered_at(
    shopper: Shopper, order_page: str, now: datetime
) -> None:
    shopper.post(f"{order_page}/cancel")
    assert AGAIN in words(shopper.get(order_page))
    assert "was not paid" in words(shopper.get("/basket"))
    dearer(now)
    for _ in range(2):
        assert shopper.post("/basket/again").status_code == 303
    page = words(shopper.get("/basket"))
    assert "One costs £95.00 now. It was £89.00." in page
    assert "Due today £95.00" in page
    assert "was not paid" not in page


def test_what_does_not_fit_is_said_and_the_order_stays(shopper: Shopper, order_page: str) -> None:
    shopper.post(f"{order_page}/cancel")
    for sessions in range(6, 11):
        shopper.add(sessions=sessions, every_weeks=3)
    refused = shopper.post("/basket/again")
    assert (refused.status_code, "A basket takes 5 different plans" in words(refused)) == (422, True)
    assert AGAIN in words(shopper.get("/basket"))


def test_boxes_bought_alone_come_back_as_boxes(shopper: Shopper) -> None:
    shopper.post("/basket/box", kit=shopper.plan["kit"], quantity=2)
    path = str(shopper.check_out().location).partition("?")[0]
    shopper.post(f"{path}/cancel")
    shopper.post("/basket/again")
    assert in_basket(shopper) == [(None, 2)]


@pytest.mark.parametrize("path", ["/basket", "order"])
def test_a_paid_order_is_forgotten(shopper: Shopper, order_page: str, now: datetime, path: str) -> None:
    with host.unit() as session:
        session.execute(update(Order).values(state=PAID, paid_at=now))
    shopper.get(order_page if path == "order" else path)
    with shopper.client.session_transaction() as session:
        assert kept.UNPAID not in session


def test_another_visitor_with_the_link_is_offered_nothing(shopper: Shopper, order_page: str) -> None:
    shopper.post(f"{order_page}/cancel")
    stranger = Visitor(shopper.client.application)
    assert AGAIN not in stranger.get(order_page).text
    assert Shopper(stranger, shopper.plan).post("/basket/again").status_code == 303
    assert "Your basket is empty" in words(stranger.get("/basket"))


def test_the_basket_tells_no_token_but_in_the_link_to_the_order(shopper: Shopper, order_page: str) -> None:
    token = host.session().scalars(select(Order.token).where(Order.state == AWAITING)).one()
    host.end_reads()
    assert shopper.get("/basket").text.count(token) == 1
    shopper.post(f"{order_page}/cancel")
    assert token not in shopper.get("/basket").text


def test_with_an_unpaid_order_and_a_removal_the_basket_takes_six_statements(
    shopper: Shopper, order_page: str, app: Flask
) -> None:
    for sessions in (6, 7):
        shopper.add(sessions=sessions)
    shopper.post("/basket/remove", line=line_of(shopper))
    with statements(app) as found:
        page = words(shopper.get("/basket"))
    assert ("waits for your payment" in page, "Removed:" in page) == (True, True)
    assert len(found) <= 6


def in_basket(shopper: Shopper) -> list[tuple[int | None, int]]:
    """Sessions and quantity of each line."""
    with shopper.client.session_transaction() as session:
        return [(line[2], line[1]) for line in session.get(kept.BASKET, ())]


def test_a_time_that_has_passed_is_not_promised(shopper: Shopper, order_page: str, now: datetime) -> None:
    with host.unit() as session:
        session.execute(update(Order).values(keep_until=now))
    page = words(shopper.get("/basket"))
    assert "Its payment page has closed." in page
    assert "kept for you until" not in page

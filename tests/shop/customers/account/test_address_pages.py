"""The address book's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from kits import host
from shop.customers import addresses
from shop.customers.people import customer_id
from tests.journeys.driving import Driver
from tests.journeys.mistakes import nothing_changed
from tests.journeys.pages import Page
from tests.servers.client import Visitor
from tests.shop.customers.account.conftest import HOME, WORK, ids

Post = Callable[..., Any]
Streets = Callable[[], list[str]]
NEW, BOOK = "/account/addresses/new", "/account/addresses"


def test_an_address_is_added_changed_removed_and_put_back(signed_in: Visitor, post: Post, streets: Streets) -> None:
    assert post(NEW, BOOK, **HOME).status_code == 303
    assert "1 Garden Row" in signed_in.get(BOOK).text
    one = f"{BOOK}/{ids()[0]}"
    assert 'value="1 Garden Row"' in signed_in.get(one).text
    post(one, **WORK)
    assert streets() == ["2 Mill Lane"]
    gone = post(BOOK, f"{one}/remove")
    assert streets() == []
    page = Page(signed_in.get(gone.location).text, BOOK)
    assert page.form("Put it back").action == f"{one}/put-back"
    post(gone.location, f"{one}/put-back")
    assert streets() == ["2 Mill Lane"]


def test_clicking_twice_does_nothing_twice(signed_in: Visitor, home_address: int, post: Post, streets: Streets) -> None:
    one = f"{BOOK}/{home_address}"
    post(NEW, BOOK, **WORK)
    post(NEW, BOOK, **WORK)
    assert len(streets()) == 2
    assert [post(BOOK, f"{one}/remove").status_code for _ in range(2)] == [303, 303]
    assert [post(BOOK, f"{one}/put-back").status_code for _ in range(2)] == [303, 303]
    assert len(streets()) == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Please give the name"),
        ("name", "A" * 121, "under 120 characters"),
        ("name", "A\x00", "we cannot read"),
        ("line1", "  ", "Please give the street"),
        ("line1", "A" * 201, "under 200 characters"),
        ("line2", "A" * 201, "under 200 characters"),
        ("line2", "A\x00", "we cannot read"),
        ("city", "", "Please give the city"),
        ("city", "A" * 101, "under 100 characters"),
        ("postcode", "", "Please give the postcode"),
        ("postcode", "A" * 13, "under 12 characters"),
        ("country", "XX", "We deliver to"),
        ("country", "", "We deliver to"),
        ("is_default", "maybe", "Choose one of the two"),
    ],
)
def test_an_address_that_cannot_be_is_refused_beside_its_field(
    signed_in: Visitor, home_address: int, post: Post, field: str, value: str, sentence: str
) -> None:
    signed_in.get(NEW)
    with nothing_changed():
        for path in (BOOK, f"{BOOK}/{home_address}"):
            answer = post(NEW, path, **{**WORK, field: value})
            assert (answer.status_code, sentence in Page(answer.text).words) == (422, True)
            kept = "city" if field == "line1" else "line1"
            assert f'value="{WORK[kept]}"' in answer.text, "what was right need not be typed again"


def test_another_s_address_is_not_found(signed_in: Visitor, post: Post, now: datetime, streets: Streets) -> None:
    with host.unit() as session:
        bob = customer_id(session, "bob@example.org", "Bob", now)
    addresses.add(bob, HOME, now=now)
    his = f"{BOOK}/{ids()[0]}"
    with nothing_changed():
        assert signed_in.get(his).status_code == 404
        assert post(NEW, his, **WORK).status_code == 404
        assert post(NEW, f"{his}/remove").status_code == 303
        assert post(NEW, f"{his}/put-back").status_code == 404
        assert signed_in.get(f"{BOOK}/{2**70}").status_code == 404
    assert "Put it back" not in signed_in.get(f"{BOOK}?removed={ids()[0]}").text


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, "²", ""])
def test_nothing_is_offered_back_for_what_is_no_address(signed_in: Visitor, asked: str) -> None:
    answer = signed_in.get(f"{BOOK}?removed={asked}")
    assert (answer.status_code, "Put it back" in answer.text) == (200, False)


def test_a_full_book_says_so_when_an_address_would_come_back(
    signed_in: Visitor, ada: int, home_address: int, post: Post, now: datetime
) -> None:
    addresses.remove(ada, home_address, now=now)
    for number in range(addresses.MOST):
        addresses.add(ada, {**WORK, "line1": f"{number} Mill Lane"}, now=now)
    answer = post(f"{BOOK}?removed={home_address}", f"{BOOK}/{home_address}/put-back")
    assert (answer.status_code, addresses.FULL in Page(answer.text).words) == (409, True)


def test_the_page_says_that_running_refills_go_where_they_went(signed_in: Visitor, driver: Driver, post: Post) -> None:
    assert "No refills are running" in signed_in.get(BOOK).text
    bought = driver.buy(email="ada@example.org")
    post(f"{BOOK}/{ids()[0]}", **WORK)
    said = Page(signed_in.get(BOOK).text).words
    assert "A change above does not change where refills of a running plan go" in said
    assert said.index("2 Mill Lane") < said.index(bought.number) < said.index("1 Garden Row")
    driver.until_due(bought)
    driver.work()
    order = driver.refill(bought).order_id
    assert order is not None
    assert "1 Garden Row" in signed_in.get(f"/orders/{driver.seen(order).token}").text


def test_the_checkout_is_filled_in_for_the_signed_in_alone(
    signed_in: Visitor, home_address: int, app: Any, stocked: str, today: Any, post: Post
) -> None:
    plan = {"sessions": "8", "every_weeks": "3", "start": today.isoformat(), "quantity": "1", "refills": "1"}
    post(f"/kits/{stocked}", "/basket", kit=stocked, **plan)
    form = Page(signed_in.get("/checkout").text).form("Pay now")
    assert {name: form.values[name] for name in ("email", "name", "line1", "city", "postcode")} == {
        "email": "ada@example.org",
        **{name: HOME[name] for name in ("name", "line1", "city", "postcode")},
    }
    post("/account/", "/account/sign-out")
    form = Page(signed_in.get("/checkout").text).form("Pay now")
    assert (form.values["email"], form.values["line1"]) == ("", "")

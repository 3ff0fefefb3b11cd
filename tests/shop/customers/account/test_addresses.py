"""The address book: made from paid orders, added to, changed, removed with a day to undo; ten at most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kits import host
from kits.errors import BadInput, NotFound, WrongState
from shop.customers import addresses
from shop.customers.people import customer_id
from shop.customers.personal.keeping import KEEPING_DUTY
from shop.customers.tables import Customer, SavedAddress
from shop.work.duties import run_once
from tests.journeys.driving import Driver
from tests.journeys.shopping import rows
from tests.shop.customers.account.conftest import HOME, WORK, ids

Streets = Callable[[], list[str]]
Travel = Callable[..., datetime]


def filled_in(customer_id: int) -> dict[str, str]:
    found = addresses.filled_in(host.session(), host.session().get(Customer, customer_id))
    host.end_reads()
    return found


def test_where_a_paid_order_goes_is_written_down_once(driver: Driver, ada: int, streets: Streets) -> None:
    driver.order(email="ada@example.org")
    assert streets() == [], "who never paid may be anybody who typed this e-mail"
    driver.buy(email="ada@example.org")
    driver.buy(email="ada@example.org")
    assert streets() == ["1 Garden Row"]


def test_a_checkout_is_filled_in_with_the_address_used_last_unless_there_is_a_default(
    ada: int, home_address: int, now: datetime
) -> None:
    addresses.add(ada, WORK, now=now + timedelta(minutes=1))
    assert filled_in(ada)["line1"] == "2 Mill Lane"
    addresses.change(ada, home_address, {**HOME, "is_default": True}, now=now)
    assert filled_in(ada) == {"email": "ada@example.org", **HOME}
    assert addresses.filled_in(host.session(), None) == {}


def test_one_address_is_the_default(ada: int, home_address: int, now: datetime) -> None:
    addresses.change(ada, home_address, {**HOME, "is_default": True}, now=now)
    addresses.add(ada, {**WORK, "is_default": True}, now=now)
    book = addresses.book(host.session(), ada)
    assert [(each.line1, each.is_default) for each in book] == [("2 Mill Lane", True), ("1 Garden Row", False)]


def test_the_same_address_is_not_added_twice_however_it_is_written(ada: int, now: datetime, streets: Streets) -> None:
    addresses.add(ada, HOME, now=now)
    addresses.add(ada, {**HOME, "line1": " 1  garden row ", "postcode": "se1 6ha"}, now=now)
    assert streets() == ["1 Garden Row"]


def test_a_removed_address_can_be_put_back_for_a_day(
    ada: int, home_address: int, now: datetime, streets: Streets
) -> None:
    addresses.remove(ada, home_address, now=now)
    assert streets() == []
    addresses.put_back(ada, home_address, now=now + timedelta(hours=23))
    addresses.put_back(ada, home_address, now=now + timedelta(hours=23))
    assert streets() == ["1 Garden Row"]
    addresses.remove(ada, home_address, now=now)
    with pytest.raises(NotFound):
        addresses.put_back(ada, home_address, now=now + timedelta(days=1))


def test_what_cannot_be_put_back_any_more_is_gone(ada: int, home_address: int, now: datetime) -> None:
    addresses.remove(ada, home_address, now=now - timedelta(hours=23))
    run_once([KEEPING_DUTY], lambda: now)
    assert rows(SavedAddress) == 1
    run_once([KEEPING_DUTY], lambda: now + timedelta(days=1))
    assert rows(SavedAddress) == 0


def test_a_book_holds_ten_addresses(ada: int, now: datetime, streets: Streets) -> None:
    for number in range(addresses.MOST):
        addresses.add(ada, {**HOME, "line1": f"{number} Garden Row"}, now=now)
    with pytest.raises(BadInput, match="holds 10"):
        addresses.add(ada, WORK, now=now)
    addresses.remove(ada, ids()[0], now=now)
    addresses.add(ada, WORK, now=now)
    with pytest.raises(WrongState, match="holds 10"):
        addresses.put_back(ada, ids()[0], now=now)
    assert len(streets()) == addresses.MOST


def test_a_book_holds_ten_however_many_are_added_at_once(
    ada: int, now: datetime, streets: Streets, at_once: Callable[..., list[Any]]
) -> None:
    for number in range(addresses.MOST - 1):
        addresses.add(ada, {**HOME, "line1": f"{number} Garden Row"}, now=now)
    add: list[Callable[[], None]] = [
        lambda number=number: addresses.add(ada, {**WORK, "line1": f"{number} Mill Lane"}, now=now)  # type: ignore[misc]
        for number in range(4)
    ]
    answers = at_once(add)
    assert sum(isinstance(each, BadInput) for each in answers) == 3
    assert len(streets()) == addresses.MOST


def test_a_full_book_stops_no_payment(driver: Driver, ada: int, now: datetime, streets: Streets) -> None:
    for number in range(2, 2 + addresses.MOST):
        addresses.add(ada, {**HOME, "line1": f"{number} Garden Row"}, now=now)
    bought = driver.buy(email="ada@example.org")
    assert driver.state(bought.order_id) == "paid"
    assert len(streets()) == addresses.MOST


def test_nobody_changes_another_s_book(ada: int, home_address: int, now: datetime, streets: Streets) -> None:
    with host.unit() as session:
        bob = customer_id(session, "bob@example.org", "Bob", now)
    for wrong in (
        lambda: addresses.change(bob, home_address, WORK, now=now),
        lambda: addresses.remove(bob, home_address, now=now),
        lambda: addresses.put_back(bob, home_address, now=now),
        lambda: addresses.one(host.session(), bob, home_address),
    ):
        host.end_reads()
        with pytest.raises(NotFound):
            wrong()
    host.end_reads()
    assert streets() == ["1 Garden Row"]


def test_an_erased_person_s_book_takes_nothing_more(ada: int, now: datetime) -> None:
    with host.unit() as session:
        session.scalars(select(Customer)).one().erased_at = now
    with pytest.raises(NotFound):
        addresses.add(ada, HOME, now=now)
    assert rows(SavedAddress) == 0

"""Erasing one's data, as a person does it: told what goes and what stays, asked twice, signed in just now."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from kits import host
from shop.customers.personal.tables import Erasure
from shop.customers.tables import Customer
from tests.journeys.driving import Driver
from tests.journeys.mistakes import nothing_changed
from tests.journeys.pages import Page
from tests.journeys.shopping import rows
from tests.servers.client import Visitor
from tests.shop.customers.conftest import EMAIL, link_in
from tests.shop.customers.personal.conftest import ship_paid

Post = Callable[..., Any]
ERASE = "/account/erase"


def email(customer_id: int) -> str | None:
    found = host.session().scalar(select(Customer.email).where(Customer.id == customer_id))
    host.end_reads()
    return found


def grow_old(visitor: Visitor, seconds: int = 15 * 60) -> None:
    """As if the sign-in were so old."""
    with visitor.session_transaction() as session:
        session["refillery_customer"]["at"] = int(time.time()) - seconds
        session.modified = True


def test_a_person_reads_what_goes_and_what_stays_and_is_erased(
    signed_in: Visitor, ada: int, driver: Driver, post: Post
) -> None:
    driver.buy(email=EMAIL)
    driver.work()
    ship_paid()
    said = Page(signed_in.get(ERASE).text).words
    assert "What the law makes us keep" in said
    assert "invoices, for 6 years" in said
    assert "warn you of a recall" in said
    answer = post(ERASE, sure="1")
    assert (answer.status_code, answer.location) == (303, "/account/erased")
    assert "Your data is erased" in signed_in.get("/account/erased").text
    assert "Mail me a link" in signed_in.get("/account/").text
    assert email(ada) != EMAIL


def test_who_never_bought_is_told_that_nothing_is_kept(signed_in: Visitor) -> None:
    assert "Nothing: there is no invoice and no parcel of yours" in signed_in.get(ERASE).text


def test_looking_erases_nobody(signed_in: Visitor) -> None:
    signed_in.get(ERASE)
    with nothing_changed():
        assert signed_in.get(ERASE).status_code == 200
        assert signed_in.head(ERASE).status_code == 200


def test_nobody_is_erased_who_did_not_tick_the_box(signed_in: Visitor, post: Post) -> None:
    signed_in.get(ERASE)
    with nothing_changed():
        for sent in ({}, {"sure": "0"}, {"sure": "maybe"}, {"sure": "\x00"}):
            assert post(ERASE, **sent).status_code == 422, sent


def test_a_sign_in_of_long_ago_is_not_enough(
    signed_in: Visitor, ada: int, post: Post, mails: Callable[[], list[EmailMessage]]
) -> None:
    grow_old(signed_in)
    page = Page(signed_in.get(ERASE).text, ERASE)
    assert "Erase my data for good" not in page.words
    assert page.form("Mail me a link").values["email"] == EMAIL
    with nothing_changed():
        assert post(ERASE, sure="1").status_code == 403
    post(ERASE, "/account/", email=EMAIL)
    post(link_in(mails()[-1]))
    assert post(ERASE, sure="1").status_code == 303
    assert email(ada) != EMAIL


def test_fourteen_minutes_are_just_now(signed_in: Visitor, ada: int, post: Post) -> None:
    grow_old(signed_in, 14 * 60)
    assert post(ERASE, sure="1").status_code == 303
    assert email(ada) != EMAIL


def test_what_hinders_is_said_and_changes_nothing(signed_in: Visitor, driver: Driver, post: Post) -> None:
    bought = driver.buy(email=EMAIL)
    signed_in.get("/account/")
    with nothing_changed():
        page = Page(signed_in.get(ERASE).text)
        answer = post("/account/", ERASE, sure="1")
    sentence = f"Order {bought.number} has not left us yet"
    assert sentence in page.words
    assert "Erase my data for good" not in page.words
    assert (answer.status_code, sentence in Page(answer.text).words) == (409, True)


def test_a_gateway_that_does_not_answer_is_said_plainly(
    signed_in: Visitor, ada: int, driver: Driver, post: Post
) -> None:
    driver.page(driver.order(email=EMAIL).order_id)
    driver.sandbox.fault("checkout.sessions.retrieve", "lose_request", times=3)
    answer = post(ERASE, sure="1")
    assert (answer.status_code, "Try again in some minutes" in answer.text) == (409, True)
    assert email(ada) == EMAIL
    assert post(ERASE, sure="1").status_code == 303


def test_two_clicks_erase_once(signed_in: Visitor, app: Any, ada: int, post: Post) -> None:
    with signed_in.session_transaction() as session:
        before = dict(session)
    assert post(ERASE, sure="1").status_code == 303
    with signed_in.session_transaction() as session:
        session.update(before)
    answer = post("/account/", ERASE, sure="1")
    assert (answer.status_code, answer.location) == (303, "/account/")
    assert rows(Erasure) == 1

"""The account's pages, as a visitor walks through them."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from shop.registers import registers
from tests.servers.client import Visitor
from tests.shop.customers.conftest import EMAIL, link_in

Mails = Callable[[], list[EmailMessage]]
Post = Callable[..., Any]


@pytest.fixture
def signed_in(client: Visitor, ada: int, post: Post, mails: Mails) -> Visitor:
    post("/account/", email=EMAIL)
    post(link_in(mails()[-1]))
    return client


def test_a_mailed_link_and_one_click_sign_a_customer_in(client: Visitor, ada: int, post: Post, mails: Mails) -> None:
    post("/account/", email=EMAIL)
    (mail,) = mails()
    assert mail["To"] == EMAIL
    answer = post(link_in(mail))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/")
    assert "Ada" in client.get("/account/").text


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(ada: int, post: Post, mails: Mails) -> None:
    assert post("/account/", email=EMAIL).text == post("/account/", email="nobody@example.org").text
    assert len(mails()) == 1


def test_a_program_that_opens_the_mailed_link_uses_nothing_up(
    client: Visitor, ada: int, post: Post, mails: Mails
) -> None:
    post("/account/", email=EMAIL)
    link = link_in(mails()[0])
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert post(link).status_code == 303


def test_a_used_link_says_so_and_offers_a_new_one(signed_in: Visitor, mails: Mails) -> None:
    answer = signed_in.get(link_in(mails()[0]))
    assert answer.status_code == 404
    assert "Ask for a new link" in answer.text


def test_a_link_used_between_look_and_click_says_so(
    client: Visitor, app: Flask, ada: int, post: Post, mails: Mails
) -> None:
    post("/account/", email=EMAIL)
    link = link_in(mails()[0])
    assert post(link).status_code == 303
    assert post("/account/", link).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "a" * 5000, "..%2f"])
def test_a_made_up_link_leads_nowhere(client: Visitor, token: str) -> None:
    assert client.get(f"/account/sign-in/{token}").status_code == 404


def test_signing_out_closes_the_account(signed_in: Visitor, post: Post) -> None:
    assert post("/account/", "/account/sign-out").status_code == 303
    assert "Mail me a link" in signed_in.get("/account/").text


def test_a_form_from_before_the_sign_in_is_not_taken_after_it(
    client: Visitor, ada: int, post: Post, mails: Mails
) -> None:
    post("/account/", email=EMAIL)
    with client.session_transaction() as session:
        before = session["csrf_token"]
    post(link_in(mails()[0]))
    client.get("/account/")
    with client.session_transaction() as session:
        assert session["csrf_token"] != before


def test_a_forged_session_signs_nobody_in(client: Visitor, ada: int) -> None:
    for value in ("1", None, [ada], {"id": ada}, 10**9):
        with client.session_transaction() as session:
            session["refillery_customer"] = value
        assert "Mail me a link" in client.get("/account/").text


def test_what_a_room_above_adds_stands_in_the_account(signed_in: Visitor, app: Flask) -> None:
    registers(app).account_sections.append(lambda customer, now: f"<p>Refills of {customer.email}</p>")
    assert f"<p>Refills of {EMAIL}</p>" in signed_in.get("/account/").text


def test_an_account_is_kept_by_no_cache(signed_in: Visitor) -> None:
    assert signed_in.get("/account/").headers["Cache-Control"] == "no-store"

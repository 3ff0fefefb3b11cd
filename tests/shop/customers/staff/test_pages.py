"""The admin's door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from kits import host
from shop.customers.signing_in.signed_in import current_staff
from shop.customers.staff.members import add_staff
from tests.servers.client import Visitor
from tests.shop.customers.conftest import PASSWORD

Post = Callable[..., Any]
DOOR = "/admin/sign-in"


@pytest.fixture
def who(app: Flask) -> str:
    """A page that says who is signed in, and whether a transaction is open after asking."""

    @app.get("/who")
    def who() -> str:
        member = current_staff()
        return f"{member.email if member else 'nobody'} {host.session().in_transaction()}"

    return "/who"


def test_staff_sign_in_and_out(who: str, client: Visitor, staff_member: str, post: Post) -> None:
    answer = post(DOOR, email=staff_member, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/")
    assert client.get(who).text == f"{staff_member} False"
    post(DOOR, "/admin/sign-out")
    assert client.get(who).text == "nobody False"


def test_a_wrong_password_is_told_without_saying_which_half_was_wrong(staff_member: str, post: Post) -> None:
    known, unknown = (post(DOOR, email=email, password="wrong") for email in (staff_member, "nobody@example.org"))
    assert known.status_code == unknown.status_code == 401
    assert "do not go together" in known.text
    assert "do not go together" in unknown.text


def test_signing_in_goes_on_to_the_page_that_was_asked_for(staff_member: str, post: Post) -> None:
    answer = post(
        f"{DOOR}?next=/admin/orders", DOOR, email=staff_member, password=PASSWORD, next="/admin/orders?page=2"
    )
    assert answer.headers["Location"] == "/admin/orders?page=2"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:x", ""]
)
def test_signing_in_never_leads_to_another_site(staff_member: str, post: Post, elsewhere: str) -> None:
    answer = post(DOOR, email=staff_member, password=PASSWORD, next=elsewhere)
    assert answer.headers["Location"] == "/admin/"


def test_a_new_password_ends_every_session(
    who: str, client: Visitor, staff_member: str, post: Post, now: datetime
) -> None:
    post(DOOR, email=staff_member, password=PASSWORD)
    with host.unit() as session:
        add_staff(session, staff_member, "another long password", now)
    assert client.get(who).text == "nobody False"


def test_a_session_ends_after_12_hours(who: str, client: Visitor, staff_member: str, post: Post) -> None:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False) as clock:
        post(DOOR, email=staff_member, password=PASSWORD)
        clock.shift(11 * 3600)
        assert client.get(who).text.startswith(staff_member)
        clock.shift(2 * 3600)
        assert client.get(who).text.startswith("nobody")


@pytest.mark.parametrize(
    "kept", [1, "x", {}, {"id": 1}, {"id": 1, "stamp": 2, "at": "now"}, {"id": None, "stamp": "", "at": 9e9}]
)
def test_a_session_that_makes_no_sense_signs_nobody_in(who: str, client: Visitor, staff_member: str, kept: Any) -> None:
    with client.session_transaction() as session:
        session["refillery_staff"] = kept
    assert client.get(who).text.startswith("nobody")


def test_an_account_under_attack_is_closed_for_a_minute(app: Flask, staff_member: str, post: Post) -> None:
    app.config["SHOP_RATE_LIMIT_PER_MINUTE"] = 3
    answers = [post(DOOR, email=staff_member, password="guess") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401] * 3
    app.config["SHOP_RATE_LIMIT_PER_MINUTE"] = 4
    assert post(DOOR, email=staff_member, password=PASSWORD).status_code == 303


def test_the_account_is_closed_wherever_the_guesses_come_from(
    app: Flask, client: Visitor, staff_member: str, post: Post
) -> None:
    app.config["SHOP_RATE_LIMIT_PER_MINUTE"] = 2
    client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    for _ in range(2):
        post(DOOR, email=staff_member, password="guess")
    client.environ_base["REMOTE_ADDR"] = "192.0.2.2"
    answer = post(DOOR, email=staff_member, password=PASSWORD)
    assert answer.status_code == 429
    assert "Wait a minute" in answer.text

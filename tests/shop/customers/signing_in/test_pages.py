"""The account's pages, as a visitor walks through them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from kits import host
from shop.customers.tables import LinkRequest
from shop.registers import registers
from tests.bench.statements import counted
from tests.journeys.shopping import rows
from tests.servers.client import Visitor
from tests.shop.customers.conftest import EMAIL, link_in

Mails = Callable[[], list[EmailMessage]]
Post = Callable[..., Any]


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


def test_asking_runs_the_same_statements_for_known_and_unknown_addresses(client: Visitor, ada: int, post: Post) -> None:
    """What takes the same steps takes the same time: the address is looked up later, by a duty."""
    post("/account/", email="first@example.org")
    ran = []
    for email in (EMAIL, "nobody@example.org"):
        with counted(host.engine()) as statements:
            post("/account/", email=email)
        ran.append(statements)
    assert ran[0] == ran[1]


def test_what_was_asked_for_is_kept_until_it_was_looked_at_and_no_longer(ada: int, post: Post, mails: Mails) -> None:
    post("/account/", email="nobody@example.org")
    mails()
    assert rows(LinkRequest) == 0


@pytest.mark.parametrize("email", ["", "   ", "ada", "ada@example", "a" * 200 + "@example.org", "ada@example.org\x00"])
def test_what_is_no_address_is_said_beside_the_field(post: Post, email: str) -> None:
    answer = post("/account/", email=email)
    assert answer.status_code == 422
    assert 'aria-describedby="email-error"' in answer.text
    assert rows(LinkRequest) == 0


def test_the_mailed_link_leads_to_the_shop_s_own_address_whatever_host_was_asked(
    client: Visitor, app: Flask, ada: int, post: Post, mails: Mails
) -> None:
    app.config["SHOP_URL"] = "https://shop.example"
    forged: dict[str, Any] = {"base_url": "http://evil.example", "headers": {"X-Forwarded-Host": "evil.example"}}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account/", **forged).text)
    assert token
    client.post("/account/", data={"email": EMAIL, "csrf_token": token.group(1)}, **forged)
    (mail,) = mails()
    said = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "https://shop.example/account/sign-in/" in said
    assert "evil" not in str(mail)


def test_the_basket_survives_signing_in_and_out(
    client: Visitor, ada: int, stocked: str, today: date, post: Post, mails: Mails
) -> None:
    plan = {"sessions": "8", "every_weeks": "3", "start": today.isoformat(), "quantity": "2", "refills": "1"}
    post(f"/kits/{stocked}", "/basket", kit=stocked, **plan)
    post("/account/", email=EMAIL)
    post(link_in(mails()[0]))
    assert "8 sessions, every 3 weeks" in client.get("/basket").text
    post("/account/", "/account/sign-out")
    assert "8 sessions, every 3 weeks" in client.get("/basket").text


def test_nothing_that_is_asked_for_leads_to_another_site(client: Visitor, ada: int, post: Post, mails: Mails) -> None:
    post("/account/?next=https://evil.example", email=EMAIL)
    answer = post(f"{link_in(mails()[0])}?next=//evil.example", next="https://evil.example")
    assert answer.headers["Location"] == "/account/"


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


def test_signing_out_everywhere_ends_every_sign_in_and_what_was_mailed(
    signed_in: Visitor, app: Flask, post: Post, mails: Mails
) -> None:
    elsewhere = Visitor(app, use_cookies=True)
    with signed_in.session_transaction() as mine, elsewhere.session_transaction() as theirs:
        theirs.update(mine)
    post("/account/details", "/account/", email=EMAIL)
    waiting = link_in(mails()[-1])
    assert "Ada" in elsewhere.get("/account/").text
    assert post("/account/", "/account/sign-out-everywhere").status_code == 303
    assert "Mail me a link" in signed_in.get("/account/").text
    assert "Mail me a link" in elsewhere.get("/account/").text
    assert signed_in.get(waiting).status_code == 404


def test_signing_out_here_leaves_other_browsers_alone(signed_in: Visitor, app: Flask, post: Post) -> None:
    elsewhere = Visitor(app, use_cookies=True)
    with signed_in.session_transaction() as mine, elsewhere.session_transaction() as theirs:
        theirs.update(mine)
    post("/account/", "/account/sign-out")
    assert "Ada" in elsewhere.get("/account/").text


def test_a_sign_in_is_over_after_30_days(signed_in: Visitor) -> None:
    for days, there in ((29, True), (31, False)):
        with signed_in.session_transaction() as session:
            session["refillery_customer"]["at"] = int(time.time()) - days * 24 * 3600
            session.modified = True
        assert ("Ada" in signed_in.get("/account/").text) is there


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
    whole = {"id": ada, "sign_ins": 0, "at": int(time.time())}
    wrong = ({**whole, "sign_ins": 1}, {**whole, "id": ada + 1}, {**whole, "at": 0}, {**whole, "at": "now"})
    for value in ("1", None, ada, [ada], {"id": ada}, 10**9, *wrong):
        with client.session_transaction() as session:
            session["refillery_customer"] = value
        assert "Mail me a link" in client.get("/account/").text


def test_what_a_room_above_adds_stands_in_the_account(signed_in: Visitor, app: Flask) -> None:
    registers(app).account_sections.append(lambda customer, now: f"<p>Refills of {customer.email}</p>")
    assert f"<p>Refills of {EMAIL}</p>" in signed_in.get("/account/").text


def test_an_account_is_kept_by_no_cache(signed_in: Visitor) -> None:
    assert signed_in.get("/account/").headers["Cache-Control"] == "no-store"

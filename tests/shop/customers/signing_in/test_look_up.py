"""Looking for an order by its number and e-mail: its link is mailed, and no answer tells whether there is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from kits import host
from shop.customers.people import customer_id
from shop.customers.signing_in.asking import LINK_DUTY, answer, as_numbered, ask
from shop.customers.tables import LinkRequest
from shop.orders.tables import Order
from shop.work.duties import run_once
from shop.work.outbox import OutboxMail
from tests.bench.statements import counted
from tests.journeys.shopping import rows
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import ADDRESS, Shopper, plan, shopper  # noqa: F401

Post = Callable[..., Any]
Mails = Callable[[], list[EmailMessage]]
EMAIL = ADDRESS["email"]


@pytest.fixture
def number(shopper: Shopper) -> str:  # noqa: F811
    """The number of an order of Ada's."""
    shopper.add()
    shopper.check_out()
    return the_order()[0]


def the_order() -> tuple[str, str]:
    """Number and token of the one order there is."""
    found = host.session().execute(select(Order.number, Order.token)).one()
    host.end_reads()
    return found.number, found.token


def test_the_order_s_link_is_mailed_to_the_address_it_was_placed_with(
    client: Visitor, number: str, post: Post, mails: Mails
) -> None:
    answered = post("/orders", number=number, email=f" {EMAIL.upper()} ")
    (mail,) = mails()
    assert answered.status_code == 200
    assert mail["To"] == EMAIL
    assert f"/orders/{the_order()[1]}" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "how", [str.lower, lambda n: n.replace("-", ""), lambda n: f"  {n[2:].replace('-', ' ')} ", lambda n: f"#{n}."]
)
def test_the_number_may_be_typed_as_it_comes(number: str, how: Callable[[str], str]) -> None:
    assert as_numbered(how(number)) == number


def test_the_answer_is_the_same_whatever_was_typed(number: str, post: Post, mails: Mails) -> None:
    typed = [(number, EMAIL), (number, "bob@example.org"), ("R-ABCDE-FGHJK", EMAIL), ("nonsense", "nobody@example.org")]
    answers = {post("/orders", number=each, email=email).text for each, email in typed}
    assert len(answers) == 1
    assert len(mails()) == 1


def test_looking_runs_the_same_statements_whatever_was_typed(number: str, post: Post) -> None:
    post("/orders", number="R-FFFFF-FFFFF", email="first@example.org")
    ran = []
    for typed, email in ((number, EMAIL), ("R-ABCDE-FGHJK", "nobody@example.org")):
        with counted(host.engine()) as statements:
            post("/orders", number=typed, email=email)
        ran.append(statements)
    assert ran[0] == ran[1]


def test_someone_else_s_order_is_not_mailed_to_a_customer(number: str, ada: int, now: datetime) -> None:
    with host.unit() as session:
        customer_id(session, "bob@example.org", "Bob", now)
    ask("bob@example.org", now, order_number=number)
    run_once([LINK_DUTY])
    assert rows(OutboxMail) == 0


def test_a_mailbox_is_not_flooded_with_an_order_s_link(number: str, now: datetime) -> None:
    for minutes in (0, 0, 0, 16):
        with host.unit() as session:
            session.add(LinkRequest(email=EMAIL, order_number=number, asked_at=now))
        (asked,) = host.session().scalars(select(LinkRequest.id)).all()
        host.end_reads()
        answer(asked, now + timedelta(minutes=minutes))
    assert rows(OutboxMail) == 2


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": "", "email": EMAIL}, "number"),
        ({"number": "R" * 41, "email": EMAIL}, "number"),
        ({"number": "R-\x00", "email": EMAIL}, "number"),
        ({"number": "R-ABCDE-FGHJK", "email": ""}, "email"),
        ({"number": "R-ABCDE-FGHJK", "email": "ada"}, "email"),
        ({"number": "R-ABCDE-FGHJK", "email": "a" * 190 + "@example.org"}, "email"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(post: Post, typed: dict[str, str], field: str) -> None:
    answered = post("/orders", **typed)
    assert answered.status_code == 422
    assert f'id="{field}-error"' in answered.text
    assert rows(LinkRequest) == 0


def test_nothing_of_what_was_typed_is_logged(
    number: str, post: Post, mails: Mails, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    post("/orders", number=number, email=EMAIL)
    post("/orders", number="R-ABCDE-FGHJK", email="nobody@example.org")
    mails()
    assert not any(said in caplog.text for said in (EMAIL, "nobody@", number, "FGHJK"))


def test_the_door_and_the_foot_of_each_page_lead_there(client: Visitor) -> None:
    assert 'href="/orders"' in client.get("/account/").text
    assert 'href="/orders"' in client.get("/basket").text


def test_too_many_tries_are_turned_away_with_those_at_signing_in(app: Any, client: Visitor, post: Post) -> None:
    app.config["SHOP_RATE_LIMIT_PER_MINUTE"] = 3
    codes = [
        post("/orders", number="R-ABCDE-FGHJK", email=EMAIL).status_code,
        post("/account/", email=EMAIL).status_code,
        post("/orders", number="R-ABCDE-FGHJK", email=EMAIL).status_code,
        post("/account/", email=EMAIL).status_code,
        post("/orders", number="R-ABCDE-FGHJK", email=EMAIL).status_code,
    ]
    assert codes == [200, 200, 200, 429, 429]

"""The account's first page: orders with their invoices, plans, cards, the name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import host
from shop.customers.tables import Customer
from shop.orders.tables import Order
from subscriptions.tables import Subscription
from tests.bench.statements import counted
from tests.journeys.driving import Driver
from tests.journeys.mistakes import nothing_changed
from tests.journeys.pages import Page
from tests.servers.client import Visitor
from tests.shop.customers.conftest import EMAIL

Post = Callable[..., Any]


def test_orders_stand_with_state_and_total_and_what_was_paid_with_its_invoice(
    signed_in: Visitor, driver: Driver
) -> None:
    paid, unpaid = driver.buy(email=EMAIL), driver.order(email=EMAIL)
    page = Page(signed_in.get("/account/").text)
    listed = page.words.partition("Your orders")[2]
    assert listed.index(unpaid.number) < listed.index(paid.number), "the newest first"
    assert "Waiting for your payment" in page.words
    invoices = [href for said, href in page.links if said.startswith("Invoice")]
    assert invoices == [f"/orders/{paid.token}/invoice.pdf"]
    assert signed_in.get(invoices[0]).data.startswith(b"%PDF")


def test_a_card_stands_with_the_plan_it_pays_until_the_plan_ends(signed_in: Visitor, driver: Driver) -> None:
    assert "No card is kept for a running plan" in signed_in.get("/account/").text
    bought = driver.buy(email=EMAIL)
    said = Page(signed_in.get("/account/").text).words
    assert "Visa ending in 4242 pays the refills of" in said
    assert bought.number in said
    with host.unit() as session:
        session.execute(update(Subscription).values(state="ended"))
    assert "No card is kept for a running plan" in signed_in.get("/account/").text


def test_more_than_fifty_orders_stand_on_pages(signed_in: Visitor, driver: Driver, ada: int) -> None:
    first = driver.order(email=EMAIL, refills=False)
    _copies(first.order_id, 60)
    page = Page(signed_in.get("/account/").text, "/account/")
    assert page.html.count("/orders/") - page.html.count("/orders/</") >= 50
    assert first.number not in page.words
    older = Page(signed_in.get(page.link("Earlier orders")).text, "/account/")
    assert first.number in older.words
    assert "Sign out" not in [words for form in older.forms for words, *_ in form.buttons]
    assert older.link("Back to your newest orders") == "/account/"


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 40, "²"])
def test_a_page_that_is_none_shows_what_there_is(signed_in: Visitor, before: str) -> None:
    assert signed_in.get(f"/account/?before={before}").status_code == 200


def test_as_many_statements_however_many_orders_and_plans(signed_in: Visitor, driver: Driver) -> None:
    def run() -> int:
        with counted(host.engine()) as statements:
            signed_in.get("/account/")
        return len(statements)

    driver.buy(email=EMAIL)
    one = run()
    for _ in range(3):
        driver.buy(email=EMAIL)
    assert run() == one <= 17


def test_nobody_sees_another_s_orders(signed_in: Visitor, driver: Driver) -> None:
    bob = driver.buy(email="bob@example.org")
    assert bob.number not in signed_in.get("/account/").text
    assert bob.number not in signed_in.get("/account/?before=999999").text


def test_the_name_is_changed_and_orders_keep_theirs(signed_in: Visitor, driver: Driver, post: Post, ada: int) -> None:
    bought = driver.buy(email=EMAIL)
    assert post("/account/details", name="  Ada Lovelace ").status_code == 303
    assert "Ada Lovelace" in signed_in.get("/account/").text
    name = host.session().scalar(select(Order.name).where(Order.id == bought.order_id))
    host.end_reads()
    assert name == "A Buyer"


@pytest.mark.parametrize("name", ["", "   ", "A" * 121, "A\x00"])
def test_a_name_that_cannot_be_is_refused_beside_its_field(signed_in: Visitor, post: Post, name: str) -> None:
    signed_in.get("/account/details")
    with nothing_changed():
        answer = post("/account/details", name=name)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text


def test_every_page_of_the_account_is_for_the_signed_in(client: Visitor, app: Any, ada: int, now: datetime) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("refillery_account.")]
    reads = [str(rule).replace("<int:address_id>", "1") for rule in rules if "GET" in (rule.methods or ())]
    for path in set(reads) - {"/account/", "/account/erased"}:
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (303, "/account/"), path


def test_what_needs_a_sign_in_changes_nothing_without_one(client: Visitor, app: Any, post: Post, ada: int) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("refillery_account.")]
    writes = [str(rule).replace("<int:address_id>", "1") for rule in rules if "POST" in (rule.methods or ())]
    assert len(writes) >= 8
    client.get("/account/")
    with nothing_changed():
        for path in writes:
            answer = post("/account/", path, name="x", sure="1")
            assert (answer.status_code, answer.location) == (303, "/account/"), path


def test_an_account_that_was_erased_elsewhere_is_closed_here(signed_in: Visitor, ada: int, now: datetime) -> None:
    with host.unit() as session:
        session.execute(update(Customer).where(Customer.id == ada).values(erased_at=now))
    assert "Mail me a link" in signed_in.get("/account/").text


def _copies(order_id: int, count: int) -> None:
    with host.unit() as session:
        order = session.get_one(Order, order_id)
        same = {
            column.key: getattr(order, column.key)
            for column in Order.__table__.columns
            if column.key not in ("id", "number", "token", "submission")
        }
        session.add_all(Order(number=f"R-COPY-{n}", token=f"copy-{n}", **same) for n in range(count))

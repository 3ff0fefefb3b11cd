"""Parts of pages that are made once for the same values: nothing of a visitor is in them, nothing in them is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from jinja2 import UndefinedError
from sqlalchemy import select, update

from kits import host
from kits.catalogue.tables import Item, Kit, Price
from shop.owner import facts
from shop.remembered import MOST, TOKEN, remembered, rendered
from shop.storefront.buying.page import SUBMISSION
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import Shopper, hidden, plan, words  # noqa: F401

KIT = "/kits/mesotherapy-kit"
Visitors = Callable[[], Visitor]


@pytest.fixture
def visitor(app: Flask) -> Visitors:
    """Makes one more visitor, with cookies of their own."""
    return lambda: Visitor(app, use_cookies=True)


def test_a_part_is_made_once_for_the_same_values(app: Flask) -> None:
    @remembered
    def part(name: str, times: int) -> str:
        made.append(name)
        return f"<p>{name}</p>" * times

    made: list[str] = []
    with app.test_request_context():
        assert [part("a", 1), part("a", 1), part("b", 1), part("a", 2)] == [
            "<p>a</p>", "<p>a</p>", "<p>b</p>", "<p>a</p><p>a</p>"
        ]  # fmt: skip
    assert made == ["a", "b", "a"]


def test_only_so_many_parts_are_remembered(app: Flask) -> None:
    @remembered
    def part(number: int) -> str:
        made.append(number)
        return str(number)

    made: list[int] = []
    with app.test_request_context():
        for number in [*range(MOST + 1), 0]:
            part(number)
    assert made.count(0) == 2


def test_apps_and_places_remember_apart(app: Flask, another_app: Callable[..., Flask]) -> None:
    @remembered
    def part() -> str:
        made.append(1)
        return "x"

    made: list[int] = []
    for where, under in ((app, "/"), (app, "/shop/"), (another_app(), "/")):
        with where.test_request_context(environ_overrides={"SCRIPT_NAME": under.rstrip("/")}):
            part()
            part()
    assert len(made) == 3


@pytest.mark.parametrize("name", ["session", "request", "g"])
def test_a_part_that_asks_for_a_visitor_is_refused(app: Flask, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template = app.jinja_env.from_string(f"{{{{ {name}.anything }}}}")
    monkeypatch.setattr(app.jinja_env, "get_template", lambda name: template)
    with app.test_request_context(), pytest.raises(UndefinedError, match="knows no visitor"):
        rendered("any")


def test_each_visitor_finds_their_own_token_and_basket_on_a_remembered_page(visitor: Visitors, stocked: str) -> None:
    one, other = visitor(), visitor()
    tokens = {each: hidden(each.get(KIT), "csrf_token") for each in (one, other)}
    assert len(set(tokens.values())) == 2
    start = hidden(one.get(KIT), "start")
    sent = {"kit": stocked, "sessions": "6", "every_weeks": "2", "start": start, "refills": "0"}
    assert [each.post("/basket", data={**sent, "csrf_token": tokens[one]}).status_code for each in tokens] == [303, 400]
    assert ['class="rf-count"' in each.get(KIT).text for each in tokens] == [True, False]
    assert TOKEN not in one.get(KIT).text


def test_a_new_price_text_or_fact_is_on_the_next_page(client: Visitor, stocked: str, now: datetime) -> None:
    assert "£89.00" in words(client.get(KIT))
    with host.unit() as session:
        kit_id = session.scalars(select(Kit.id)).one()
        session.add(Price(kit_id=kit_id, kind="kit", amount=9900, currency="GBP", valid_from=now))
    assert "£99.00" in words(client.get(KIT))
    with host.unit() as session:
        session.execute(update(Kit).values(summary="A new summary."))
        session.execute(update(Item).values(name="Another name"))
    said = words(client.get(KIT))
    assert "A new summary." in said
    assert "Another name" in said
    facts.change({"vat_number": "GB123456789"}, actor="staff:1", now=now + timedelta(seconds=1))
    assert "GB123456789" in words(client.get(KIT))


def test_what_is_typed_into_the_checkout_is_not_remembered_for_the_next(
    visitor: Visitors,
    plan: dict[str, str],  # noqa: F811
) -> None:
    one, other = Shopper(visitor(), plan), Shopper(visitor(), plan)
    for each in (one, other):
        each.add()
    assert "Ada Lovelace" in one.check_out(accepted="").text
    marks = [hidden(each.get("/checkout"), "submission") for each in (one, other)]
    assert len({*marks, SUBMISSION}) == 3
    for each in (one, other):
        assert "Ada Lovelace" not in each.get("/checkout").text

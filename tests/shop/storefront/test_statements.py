"""How many SQL statements a page takes, on both engines; a new page needs its number here.

Nothing is warmed up: what a process would otherwise show for a few seconds is
read anew for each page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from kits.clock import today
from shop.customers.tables import SavedAddress
from shop.owner import facts
from subscriptions.calendar.address import address as calendar_of
from subscriptions.tables import Subscription
from tests.bench.statements import counted
from tests.journeys.conftest import driver  # noqa: F401
from tests.journeys.driving import Driver
from tests.servers.client import Visitor
from tests.shop.customers.conftest import ada, mails, post, signed_in  # noqa: F401
from tests.shop.storefront.conftest import ADDRESS, all_hidden, hidden

ROOMS = (
    *("storefront", "account", "sign_in", "refills", "controls", "acknowledging", "holding", "recalled", "why"),
    "calendar",
)
PAGES: dict[str, tuple[str, int]] = {
    "storefront.front": ("/", 3),
    "storefront.kits": ("/kits", 2),
    "storefront.kit": ("/kits/{kit}", 1),
    "storefront.plan": ("/kits/{kit}/plan", 1),
    "storefront.basket": ("/basket", 6),
    "storefront.checkout": ("/checkout", 2),
    "storefront.not_now": ("/checkout/not-now", 2),
    "storefront.sitemap": ("/sitemap.xml", 12),
    "storefront.guide": ("/guide", 3),
    "storefront.terms": ("/terms", 3),
    "storefront.privacy": ("/privacy", 3),
    "storefront.delivery": ("/delivery", 3),
    "storefront.returns": ("/returns", 3),
    "storefront.about": ("/about", 3),
    "storefront.order": ("/orders/{token}", 20),
    "storefront.order_notice": ("/orders/{token}/notice", 6),
    "storefront.order_return": ("/orders/{token}/return", 6),
    "storefront.invoice": ("/orders/{token}/invoice.pdf", 5),
    "storefront.credit_note": ("/orders/{token}/credit-notes/1.pdf", 5),
    "storefront.withdraw": ("/orders/{token}/withdraw", 14),
    "storefront.withdraw_confirm": ("/orders/{token}/withdraw/confirm", 15),
    "storefront.withdrawn": ("/orders/{token}/withdrawals/1", 5),
    "account.home": ("/account/", 18),
    "account.addresses": ("/account/addresses", 9),
    "account.new_address": ("/account/addresses/new", 4),
    "account.edit_address": ("/account/addresses/{address}", 5),
    "account.details": ("/account/details", 4),
    "account.personal": ("/account/data", 4),
    "account.data": ("/account/data.json", 32),
    "account.ask_erase": ("/account/erase", 8),
    "account.erased": ("/account/erased", 2),
    "sign_in.look_up": ("/orders", 2),
    "sign_in.link": ("/account/sign-in/unknown", 4),
    "refills.ask": ("/orders/{token}/refills/{plan}/end", 6),
    "controls.plan": ("/orders/{token}/refills/{plan}/change", 10),
    "controls.change": ("/orders/{token}/refills/{plan}/change/quantity?quantity=2", 7),
    "controls.sessions": ("/orders/{token}/refills/{plan}/sessions", 8),
    "controls.session": ("/orders/{token}/refills/{plan}/sessions/1", 6),
    "controls.address": ("/orders/{token}/refills/{plan}/address", 9),
    "holding.hold": ("/orders/{token}/refills/{plan}/hold", 7),
    "holding.box": ("/orders/{token}/refills/{plan}/box/1", 8),
    "acknowledging.of_plan": ("/orders/{token}/refills/{plan}/notice", 8),
    "acknowledging.by_mail": ("/notices/unknown", 4),
    "why.customer": ("/orders/{token}/refills/{plan}/1/why", 18),
    "calendar.feed": ("/calendar/{calendar}.ics", 6),
}
FORMS = {"storefront.add": 3, "storefront.buy": 12}
"""What a customer sends on the way to an order, the payment page included; the first request of a minute tidies up."""
ONE_BY_ONE = 4
"""What PostgreSQL writes for an order in one statement is so many more on SQLite."""


@pytest.fixture
def known(driver: Driver, ada: int, kit: str) -> dict[str, Any]:  # noqa: F811
    """Ada's paid plan and the address it kept: what the paths name."""
    bought = driver.buy(email="ada@example.org")
    address = host.session().scalars(select(SavedAddress.id)).first()
    plan = host.session().get_one(Subscription, bought.subscription_id)
    calendar = calendar_of(plan).rsplit("/", 1)[1].removesuffix(".ics")
    host.end_reads()
    return {"kit": kit, "token": bought.token, "plan": bought.subscription_id, "address": address, "calendar": calendar}


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What runs meanwhile, facts read anew."""
    app.extensions.pop(facts._KEY, None)
    with counted(host.engine()) as found:
        yield found


def routes(app: Flask, method: str) -> set[str]:
    """The endpoints of our customers' pages that take `method`, without the prefix that all have."""
    taking = (rule.endpoint for rule in app.url_map.iter_rules() if method in (rule.methods or ()))
    named = {endpoint.removeprefix("refillery_") for endpoint in taking}
    return {name for name in named if name.split(".")[0] in ROOMS and not name.endswith(".static")}


def a_plan(client: Visitor, kit: str) -> dict[str, str]:
    """The form that puts a plan into the basket."""
    plan = {"kit": kit, "sessions": "10", "every_weeks": "4", "start": today(clock.now()).isoformat(), "refills": "1"}
    return {**plan, "quantity": "1", "csrf_token": hidden(client.get(f"/kits/{kit}"), "csrf_token")}


def test_every_page_has_its_number(app: Flask) -> None:
    assert routes(app, "GET") == set(PAGES)
    assert set(FORMS) <= routes(app, "POST")


def test_no_page_takes_more_statements_than_it_may(signed_in: Visitor, app: Flask, known: dict[str, Any]) -> None:  # noqa: F811
    taken: dict[str, int] = {}
    for name, (path, most) in PAGES.items():
        with statements(app) as found:
            answer = signed_in.get(path.format(**known))
        assert answer.status_code < 500, name
        if len(found) > most:
            taken[name] = len(found)
    assert taken == {}


def test_buying_takes_no_more_statements_than_it_may(
    client: Visitor,
    app: Flask,
    driver: Driver,  # noqa: F811
    kit: str,
    engine_name: str,
) -> None:
    form = a_plan(client, kit)
    with statements(app) as added:
        client.post("/basket", data=form)
    with statements(app) as basket:
        client.get("/basket")
    with statements(app) as checkout:
        page = client.get("/checkout")
    hides = all_hidden(page)
    with statements(app) as bought:
        answer = client.post("/checkout", data={**hides, **ADDRESS, "accepted": "1"})
    assert "/c/pay/" in answer.location
    counts = {"add": len(added), "basket": len(basket), "checkout": len(checkout), "buy": len(bought)}
    most = FORMS | {name: count for name, (_, count) in PAGES.items()}
    most["storefront.buy"] += ONE_BY_ONE * (engine_name == "sqlite")
    assert {name: count for name, count in counts.items() if count > most[f"storefront.{name}"]} == {}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_buying_leaves_the_database_the_plans_of_its_statements(
    client: Visitor,
    app: Flask,
    driver: Driver,  # noqa: F811
    kit: str,
) -> None:
    # The driver throws all that a connection has prepared away with each ROLLBACK, and planning costs far more than
    # running: what customers do all day reads beside the session, and rolls nothing back.
    def prepared() -> list[str]:
        with host.aside() as connection:
            return list(connection.exec_driver_sql("SELECT name FROM pg_prepared_statements").scalars())

    client.post("/basket", data=a_plan(client, kit))
    before = prepared()
    page = client.get("/checkout")
    client.post("/checkout", data={**all_hidden(page), **ADDRESS, "accepted": "1"})
    assert before
    assert set(before) <= set(prepared())

"""A request reads the demo clock once, and the next request reads it anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from kits.catalogue.tables import Kit, Price
from shop.storefront.kit_parts import DAYS_TO_DELIVER
from tests.bench.statements import counted
from tests.servers.client import Visitor
from tests.servers.sandbox import KEY

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def demo(app: Flask) -> None:
    """The gateway looks like the sandbox."""
    app.config.update(SHOP_STRIPE_API_BASE="http://127.0.0.1:1", SHOP_STRIPE_SECRET_KEY=KEY)


def looks(client: Visitor, path: str) -> int:
    with counted(host.engine()) as statements:
        client.get(path)
    return sum("kits_demo_clock" in each for each in statements)


def test_a_page_looks_at_the_clock_once(client: Visitor, stocked: str) -> None:
    assert looks(client, f"/kits/{stocked}") == 1
    assert looks(client, f"/kits/{stocked}") == 1


def test_the_next_page_sees_the_clock_moved(client: Visitor, stocked: str) -> None:
    client.get(f"/kits/{stocked}")
    moved = clock.move_to(clock.now() + timedelta(days=100))
    starts = clock.today(moved) + timedelta(days=DAYS_TO_DELIVER)
    assert starts.isoformat() in client.get(f"/kits/{stocked}").text


def test_a_request_that_failed_leaves_nothing_behind(client: Visitor) -> None:
    client.get("/kits/none")
    assert clock.now() < clock.move_to(clock.now() + timedelta(days=100))


def test_a_kit_is_looked_up_with_the_clock_in_one_statement(client: Visitor, stocked: str) -> None:
    client.get(f"/kits/{stocked}")
    with counted(host.engine()) as statements:
        client.get(f"/kits/{stocked}")
    assert len([each for each in statements if each.startswith("SELECT")]) == 1, "the kit with its shelves"


def test_a_kit_page_shows_the_prices_of_the_time_that_the_clock_was_moved_to(client: Visitor, stocked: str) -> None:
    client.get(f"/kits/{stocked}")
    later = clock.now() + timedelta(days=100)
    with host.unit() as session:
        kit_id = session.scalars(select(Kit.id)).one()
        session.add(Price(kit_id=kit_id, kind="kit", amount=9900, currency="GBP", valid_from=later))
    assert "£89.00" in client.get(f"/kits/{stocked}").text
    clock.move_to(later + timedelta(minutes=1))
    assert "£99.00" in client.get(f"/kits/{stocked}").text

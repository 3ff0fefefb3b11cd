"""A request reads the demo clock once, and the next request reads it anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from kits import clock, host
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

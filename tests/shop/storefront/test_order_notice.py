"""An order names its version of the notice for ever: its text is read on the order's own page."""

from __future__ import annotations

from datetime import datetime
from html import escape

import pytest

from kits import clock, host
from kits.catalogue.first_kit import NOTICE
from kits.catalogue.notice import NewNotice, publish
from shop.orders.find import order_by_number, order_by_token
from tests.bench.statements import counted
from tests.shop.admin.conftest import Staff, place_one, staff  # noqa: F401
from tests.shop.storefront.conftest import Shopper, words

POINTS = [line.removeprefix("- ") for line in NOTICE.splitlines() if line]


@pytest.fixture
def bought_under_one(stocked: str, now: datetime) -> str:
    """The token of an order placed under version 1; version 2 is in force since."""
    number = place_one(stocked, now)
    new = NewNotice("Do not use it at all.", clock.today(now), "1")
    publish(stocked, new, actor="staff:1", now=now)
    token = order_by_number(host.session(), number).token
    host.end_reads()
    return token


def test_the_order_keeps_the_text_it_was_placed_under(bought_under_one: str, shopper: Shopper) -> None:
    page = shopper.get(f"/orders/{bought_under_one}/notice")
    assert [escape(point) in page.text for point in POINTS] == [True] * len(POINTS)
    assert "Version 1. You confirmed on" in words(page)
    own, _, newer = page.text.partition("The notice has changed since then.")
    assert "Do not use it at all." not in own
    assert "Do not use it at all." in newer, "what is in force now can be read beneath"


def test_while_the_orders_version_is_in_force_it_stands_alone(shopper: Shopper, order_page: str) -> None:
    assert "The notice has changed since" not in shopper.get(f"{order_page}/notice").text


def test_the_orders_page_names_the_version_and_leads_to_its_text(bought_under_one: str, shopper: Shopper) -> None:
    page = shopper.get(f"/orders/{bought_under_one}")
    assert "You confirmed version 1 on" in words(page)
    assert f'href="/orders/{bought_under_one}/notice"' in page.text


def test_staff_see_which_version_an_order_names(bought_under_one: str, staff: Staff) -> None:  # noqa: F811
    number = order_by_token(host.session(), bought_under_one).number
    host.end_reads()
    page = staff.get(f"/admin/orders/{number}")
    assert "Version 1, confirmed" in words(page)
    assert f'href="/orders/{bought_under_one}/notice"' in page.text
    assert "Version 2 in force" in words(staff.get("/admin/notices"))


@pytest.mark.parametrize("token", ["nothing", "a%00b", "x" * 5000])
def test_the_notice_of_an_unknown_order_is_not_found(token: str, shopper: Shopper) -> None:
    assert shopper.get(f"/orders/{token}/notice").status_code == 404


def test_the_page_takes_few_statements(bought_under_one: str, shopper: Shopper) -> None:
    with counted(host.engine()) as found:
        assert shopper.get(f"/orders/{bought_under_one}/notice").status_code == 200
    assert len([each for each in found if "shop_rate" not in each and each.startswith("SELECT")]) <= 4

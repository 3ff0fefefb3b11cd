"""The list of orders, one order, and packing it."""

from __future__ import annotations

from datetime import datetime

import pytest

from kits import host
from shop.admin import lists
from shop.orders.find import order_by_number
from tests.shop.admin.conftest import Staff, place_one, words


def state(number: str) -> str:
    """The order's state."""
    found = order_by_number(host.session(), number).state
    host.end_reads()
    return found


def test_a_paid_order_waits_on_today_s_page(staff: Staff, paid: str) -> None:
    page = staff.get("/admin/")
    assert f"/admin/orders/{paid}" in page.text
    assert "To pack 1" in words(page)


def test_an_unpaid_order_is_not_to_be_packed(staff: Staff, placed: str) -> None:
    assert "Nothing to pack" in words(staff.get("/admin/"))
    assert "Mark as shipped" not in staff.get(f"/admin/orders/{placed}").text


def test_one_order_shows_its_plan_its_money_and_its_stock(staff: Staff, paid: str) -> None:
    said = words(staff.get(f"/admin/orders/{paid}"))
    for fact in ("Ada Lovelace", "United Kingdom", "10 sessions, 3 boxes", "Paid by visa ending in 4242", "£89.00"):
        assert fact in said


def test_marking_it_as_shipped_takes_its_stock_and_keeps_its_tracking(staff: Staff, paid: str) -> None:
    page = f"/admin/orders/{paid}"
    answer = staff.post(f"{page}/ship", page=page, tracking="TRACK-1")
    assert (answer.status_code, answer.location) == (303, page)
    said = words(staff.get(page))
    assert state(paid) == "shipped"
    assert "TRACK-1" in said
    assert "LOT-SERUM-3M" in said
    assert "staff:" in said


def test_shipping_twice_says_that_it_has_changed(staff: Staff, paid: str) -> None:
    page = f"/admin/orders/{paid}"
    staff.post(f"{page}/ship", page=page)
    again = staff.post(f"{page}/ship", page="/admin/receive")
    assert again.status_code == 409
    assert "Only a paid order can be shipped" in words(again)


@pytest.mark.parametrize("tracking", ["x" * 81, "a\x00b", "two\nlines"])
def test_an_absurd_tracking_number_ships_nothing(staff: Staff, paid: str, tracking: str) -> None:
    page = f"/admin/orders/{paid}"
    refused = staff.post(f"{page}/ship", page=page, tracking=tracking)
    assert refused.status_code == 422
    assert 'id="tracking-error"' in refused.text
    assert state(paid) == "paid"


def test_the_list_goes_on_from_page_to_page_without_losing_an_order(
    staff: Staff, stocked: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 2)
    numbers = [place_one(stocked, now) for _ in range(5)]
    seen, path = [], "/admin/orders"
    for _ in range(3):
        page = staff.get(path).text
        seen += [number for number in reversed(numbers) if f"/admin/orders/{number}" in page]
        path = page.partition("before=")[2].partition('"')[0]
        path = f"/admin/orders?before={path}"
    assert seen == numbers[::-1]


def test_orders_are_picked_by_state_and_found_by_number(staff: Staff, paid: str, stocked: str, now: datetime) -> None:
    waiting = place_one(stocked, now)
    to_pack = staff.get("/admin/orders?state=paid").text
    assert paid in to_pack
    assert waiting not in to_pack
    assert staff.get(f"/admin/orders?number={paid.lower()}").location == f"/admin/orders/{paid}"


@pytest.mark.parametrize("query", ["before=abc", "before=-1", f"before={'9' * 30}", "state=nothing", "before=%00"])
def test_an_absurd_query_is_left_alone(staff: Staff, placed: str, query: str) -> None:
    assert staff.get(f"/admin/orders?{query}").status_code == 200


def test_a_number_nobody_has_is_a_404(staff: Staff, placed: str) -> None:
    for number in ("R-NONE", "a%00b", "x" * 3000):
        assert staff.get(f"/admin/orders/{number}").status_code == 404
        assert staff.post(f"/admin/orders/{number}/ship").status_code == 404

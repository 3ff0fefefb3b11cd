"""The pages of purchase orders: placed with as many lines as needed, shown by day, changed, closed, opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kits import host
from kits.catalogue.tables import Item
from kits.stock.buying.tables import CLOSED, OPEN, PurchaseLine, PurchaseOrder
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.receiving.conftest import hidden
from tests.shop.storefront.conftest import count

Look = Callable[[str], PurchaseOrder]
NEW = "/admin/purchase-orders/new"


@pytest.fixture
def form(today: date) -> dict[str, str]:
    """A form of two lines, a blank one between them."""
    soon = (today + timedelta(days=9)).isoformat()
    first = {"sku-1": "SERUM-3M", "quantity-1": "20", "expected-1": soon}
    return {"supplier": "Northern Labs", **first, "sku-3": "ROLLER-025", "quantity-3": "30", "expected-3": soon}


def test_an_empty_list_says_what_to_do(staff: Staff, kit: str) -> None:
    said = words(staff.get("/admin/purchase-orders"))
    assert "Nothing is on its way. Enter what you order here" in said
    assert "New purchase order" in said


def test_an_order_is_placed_and_its_blank_lines_are_left_out(staff: Staff, kit: str, form: Any, today: date) -> None:
    placed = staff.post(NEW, page=NEW, **form)
    assert placed.location.endswith(f"/admin/purchase-orders/PO-{today.year}-0001")
    said = words(staff.get(placed.location))
    assert "Ordered 20 Received 0 Outstanding 20" in said
    assert "Ordered 30 Received 0 Outstanding 30" in said
    assert "expected in 9 days" in said


def test_a_double_click_places_one_order(staff: Staff, kit: str, form: Any) -> None:
    form["submission"] = hidden(staff.get(NEW), "submission")
    places = [staff.post(NEW, page=NEW, **form).location for _ in range(2)]
    assert (len(set(places)), count(PurchaseOrder)) == (1, 1)


def test_the_forecast_s_link_fills_in_the_form(staff: Staff, kit: str) -> None:
    with host.unit() as session:
        session.query(Item).update({"supplier": "Usual Ltd"})
    page = staff.get(f"{NEW}?sku=SERUM-3M&quantity=120&expected=2027-01-04").text
    assert all(f'value="{value}"' in page for value in ("120", "2027-01-04", "Usual Ltd"))
    assert '<option value="SERUM-3M" selected>' in page
    assert 'value="Other Ltd"' in staff.get(f"{NEW}?sku=SERUM-3M&supplier=Other+Ltd").text


def test_more_lines_are_there_for_the_asking_and_what_was_typed_stays(staff: Staff, kit: str, form: Any) -> None:
    page = staff.post(NEW, page=NEW, more="1", **form).text
    assert ('name="sku-7"' in page, 'name="sku-8"' in page) == (True, False)
    assert all(text in page for text in ('value="30"', 'value="Northern Labs"'))
    assert count(PurchaseOrder) == 0


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("supplier", "", "supplier"),
        ("number", "a/b", "number"),
        ("note", "x" * 501, "note"),
        ("quantity-1", "0", "quantity-1"),
        ("quantity-1", "many", "quantity-1"),
        ("quantity-1", "9" * 400, "quantity-1"),
        ("expected-1", "", "expected-1"),
        ("expected-1", "2020-01-01", "expected-1"),
        ("expected-1", "9999-12-31", "expected-1"),
        ("sku-1", "NONE", "sku-1"),
        ("sku-1", "", "sku-1"),
        ("sku-1", "\x00", "sku-1"),
        ("quantity-3", "", "quantity-2"),
    ],
)
def test_what_cannot_be_ordered_is_told_beside_its_field(
    staff: Staff, kit: str, form: Any, field: str, value: str, at: str
) -> None:
    refused = staff.post(NEW, page=NEW, **{**form, field: value})
    assert (refused.status_code, f'id="{at}-error"' in refused.text) == (422, True)
    assert (count(PurchaseOrder), count(PurchaseLine)) == (0, 0)


def test_an_order_without_lines_is_told_what_to_do(staff: Staff, kit: str) -> None:
    refused = staff.post(NEW, page=NEW, supplier="Northern Labs")
    assert (refused.status_code, "choose an item, how many of it and for when" in refused.text) == (422, True)


def test_open_orders_stand_by_their_next_day_and_what_is_late_is_said(
    staff: Staff, ordered: str, form: Any, today: date
) -> None:
    staff.post(NEW, page=NEW, **form, number="LATER-1")
    with host.unit() as session:
        session.query(PurchaseLine).filter_by(quantity=20, expected_on=today + timedelta(days=5)).update(
            {"expected_on": today - timedelta(days=5)}
        )
    said = words(staff.get("/admin/purchase-orders"))
    assert said.index(ordered) < said.index("LATER-1")
    assert "expected 5 days ago" in said
    assert "20 of SERUM-3M, 30 of ROLLER-025" in said


def test_a_line_is_changed(staff: Staff, ordered: str, look: Look, today: date) -> None:
    line, path = look(ordered).lines[0], f"/admin/purchase-orders/{ordered}"
    new = {f"quantity-{line.id}": "44", f"expected-{line.id}": (today + timedelta(days=60)).isoformat()}
    assert staff.post(f"{path}/lines/{line.id}", page=path, **new).status_code == 303
    assert "Ordered 44 Received 0 Outstanding 44" in words(staff.get(path))
    assert "expected in 60 days" in words(staff.get(path))


@pytest.mark.parametrize("quantity", ["-1", "", "x", "9" * 30])
def test_a_line_that_cannot_be_is_told_beside_its_field(staff: Staff, ordered: str, look: Look, quantity: str) -> None:
    line, path = look(ordered).lines[0], f"/admin/purchase-orders/{ordered}"
    new = {f"quantity-{line.id}": quantity, f"expected-{line.id}": line.expected_on.isoformat()}
    refused = staff.post(f"{path}/lines/{line.id}", page=path, **new)
    assert (refused.status_code, f'id="quantity-{line.id}-error"' in refused.text) == (422, True)
    assert look(ordered).lines[0].quantity == 20


def test_an_order_is_closed_and_opened_again(staff: Staff, ordered: str, look: Look) -> None:
    path = f"/admin/purchase-orders/{ordered}"
    for _ in range(2):
        staff.post(f"{path}/close", page=path)
    assert look(ordered).state == CLOSED
    assert "Did not come 20" in words(staff.get(path))
    assert "0 of SERUM-3M, 0 of ROLLER-025" in words(staff.get("/admin/purchase-orders"))
    line = look(ordered).lines[0].id
    late = {f"quantity-{line}": "5", f"expected-{line}": "2040-01-01"}
    assert staff.post(f"{path}/lines/{line}", page=path, **late).status_code == 409
    staff.post(f"{path}/reopen", page=path)
    assert look(ordered).state == OPEN


def test_what_is_not_there_is_not_found(staff: Staff, ordered: str, form: Any, look: Look) -> None:
    path, other = f"/admin/purchase-orders/{ordered}", "/admin/purchase-orders/OTHER-1"
    staff.post(NEW, page=NEW, **form, number="OTHER-1")
    assert [staff.get(each).status_code for each in (path.lower(), f"{path}-0", "/admin/purchase-orders/%00")] == [
        200,
        404,
        404,
    ]
    foreign = f"{other}/lines/{look(ordered).lines[0].id}"
    assert [staff.post(each).status_code for each in (foreign, f"{path}-0/close", f"{path}/lines/{2**60}")] == [404] * 3


def test_a_long_list_of_closed_orders_goes_on_on_the_next_page(staff: Staff, kit: str, today: date) -> None:
    with host.unit() as session:
        session.add_all(
            PurchaseOrder(number=f"OLD-{n}", supplier="S", ordered_on=today, state=CLOSED) for n in range(53)
        )
    page = staff.get("/admin/purchase-orders")
    assert page.text.count("OLD-") == 2 * 50
    older = page.text.split("?before=")[1].split('"')[0]
    assert staff.get(f"/admin/purchase-orders?before={older}").text.count("OLD-") == 2 * 3
    assert staff.get("/admin/purchase-orders?before=x").status_code == 200

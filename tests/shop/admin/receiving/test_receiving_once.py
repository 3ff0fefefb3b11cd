"""Booking a delivery against a purchase order, and once however often the button is pressed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kits import host
from kits.catalogue.tables import Item
from kits.stock.buying.tables import CLOSED, PurchaseOrder
from kits.stock.tables import Lot, StockMovement
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.receiving.conftest import hidden, lots
from tests.shop.storefront.conftest import count

Look = Callable[[str], PurchaseOrder]
GOOD = {"sku": "SERUM-3M", "lot": "S-77", "quantity": "12", "expires": "2040-01-01"}


def test_a_double_click_books_once_and_both_lead_to_the_same_page(staff: Staff, kit: str) -> None:
    form = {**GOOD, "submission": hidden(staff.get("/admin/receive"), "submission")}
    first, second = staff.post("/admin/receive", **form), staff.post("/admin/receive", **form)
    assert (first.status_code, first.location) == (303, second.location)
    assert "12 received There are 12 of SERUM-3M on hand now" in words(staff.get(second.location))
    assert (lots(), count(StockMovement)) == ({"S-77": 12}, 1)


def test_two_forms_are_two_deliveries(staff: Staff, kit: str) -> None:
    for _ in range(2):
        staff.post("/admin/receive", **GOOD, submission=hidden(staff.get("/admin/receive"), "submission"))
    assert lots() == {"S-77": 24}


def test_a_form_that_was_changed_after_it_was_booked_is_told_and_may_be_sent_again(staff: Staff, kit: str) -> None:
    form = {**GOOD, "submission": hidden(staff.get("/admin/receive"), "submission")}
    staff.post("/admin/receive", **form)
    told = staff.post("/admin/receive", **{**form, "lot": "S-78"})
    assert (told.status_code, "booked already, as 12 of SERUM-3M, lot S-77" in told.text) == (409, True)
    assert lots() == {"S-77": 12}
    staff.post("/admin/receive", **{**form, "lot": "S-78", "submission": hidden(told, "submission")})
    assert lots() == {"S-77": 12, "S-78": 12}


@pytest.mark.parametrize("mark", ["x" * 61, "a b", "\x00"])
def test_a_mark_that_is_none_of_ours_books_nothing(staff: Staff, kit: str, mark: str) -> None:
    assert staff.post("/admin/receive", **GOOD, submission=mark).status_code == 422
    assert lots() == {}


def test_a_line_fills_in_the_form_and_the_page_says_what_is_still_outstanding(
    staff: Staff, ordered: str, look: Look
) -> None:
    line = look(ordered).lines[0].id
    page = staff.get(f"/admin/receive?purchase_line={line}").text
    assert all(f'value="{value}"' in page for value in ("20", "Northern Labs"))
    assert f'<option value="{line}" selected>{ordered}: 20 of SERUM-3M' in page
    said = words(staff.get(staff.post("/admin/receive", **GOOD, purchase_line=line).location))
    assert f"8 of 20 ordered with {ordered} are still outstanding." in said
    assert all(link in said for link in ("Receive another", "Receive the rest", "Lot S-77"))


def test_the_last_delivery_closes_the_order_and_more_than_ordered_is_said(
    staff: Staff, ordered: str, look: Look
) -> None:
    serum, roller = look(ordered).lines
    staff.post("/admin/receive", **{**GOOD, "quantity": 25}, purchase_line=serum.id)
    rollers = {**GOOD, "sku": "ROLLER-025", "quantity": 30, "submission": "twice"}
    booked = [staff.post("/admin/receive", **rollers, purchase_line=roller.id) for _ in range(2)]
    said = words(staff.get(booked[1].location))
    assert f"All 30 ordered with {ordered} have come. The order is closed." in said
    assert [line.received for line in look(ordered).lines] == [25, 30]
    assert look(ordered).state == CLOSED


def test_more_than_was_ordered_is_said(staff: Staff, ordered: str, look: Look) -> None:
    booked = staff.post("/admin/receive", **{**GOOD, "quantity": 25}, purchase_line=look(ordered).lines[0].id)
    assert "25 have come of 20 ordered" in words(staff.get(booked.location))
    assert "5 more than ordered" in words(staff.get(booked.location))


@pytest.mark.parametrize("line", ["0", "999999", "abc", "9" * 30, "-1"])
def test_a_line_that_is_not_there_is_refused_at_its_field(staff: Staff, kit: str, line: str) -> None:
    refused = staff.post("/admin/receive", **GOOD, purchase_line=line)
    assert (refused.status_code, 'id="purchase_line-error"' in refused.text) == (422, True)
    assert staff.get(f"/admin/receive?purchase_line={line}").status_code == 200
    assert lots() == {}


def test_a_line_of_another_item_is_refused_at_its_field(staff: Staff, ordered: str, look: Look) -> None:
    refused = staff.post("/admin/receive", **GOOD, purchase_line=look(ordered).lines[1].id)
    assert (refused.status_code, 'id="purchase_line-error"' in refused.text) == (422, True)


def test_an_item_s_own_supplier_is_filled_in_and_what_is_typed_is_kept_with_the_lot(staff: Staff, kit: str) -> None:
    with host.unit() as session:
        session.query(Item).update({"supplier": "Usual Ltd"})
    assert 'value="Usual Ltd"' in staff.get("/admin/receive?sku=SERUM-3M").text
    staff.post("/admin/receive", **GOOD, supplier="Other Ltd")
    assert host.session().scalars(select(Lot.supplier)).all() == ["Other Ltd"]
    host.end_reads()


@pytest.mark.parametrize("booked", ["7", "\x00", "x" * 300])
def test_an_address_that_claims_a_delivery_shows_the_form(staff: Staff, kit: str, booked: str) -> None:
    assert "Receive a delivery" in words(staff.client.get("/admin/receive", query_string={"booked": booked}))

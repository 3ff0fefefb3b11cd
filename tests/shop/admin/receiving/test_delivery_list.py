"""A list of deliveries over HTTP: looked at, then booked wholly or not at all, and once."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kits.spreadsheet import MOST_BYTES
from kits.stock.buying.delivery_list import MOST_ROWS, read
from kits.stock.buying.purchase_orders import close
from kits.stock.buying.tables import CLOSED, PurchaseOrder
from kits.stock.ledger import Cause
from kits.stock.tables import StockMovement
from shop.admin.receiving.carried import packed
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.receiving.conftest import hidden, lots
from tests.shop.storefront.conftest import count

Look = Callable[[str], PurchaseOrder]
LIST = "/admin/receive/list"
HEADER = "sku,lot,quantity,expires,purchase_order\n"
GOOD = f"{HEADER}SERUM-3M,S-1,12,2040-01-01,\nROLLER-025,R-1,5,2041-01-01,\nSERUM-3M,S-1,8,2040-01-01,\n"


def sent(staff: Staff, text: str | bytes, path: str = LIST) -> TestResponse:
    """Send a file to be looked at."""
    raw = text.encode() if isinstance(text, str) else text
    return staff.post(path, page=LIST, file=(BytesIO(raw), "list.csv"))


def booked(staff: Staff, look: TestResponse, **changed: Any) -> TestResponse:
    """Press the button of a list that was looked at."""
    form = {name: hidden(look, name) for name in ("submission", "packed")} | changed
    return staff.post(f"{LIST}/book", page=LIST, **form)


def test_a_dry_run_shows_each_row_and_writes_nothing(staff: Staff, kit: str) -> None:
    said = words(sent(staff, GOOD))
    assert "3 deliveries, 25 units" in said
    assert "Book 3 deliveries" in said
    assert "S-1 , new" in said
    assert "S-1 , as on line 2" in said
    assert (lots(), count(StockMovement)) == ({}, 0)


def test_what_was_looked_at_is_booked_once_however_often_the_button_is_pressed(staff: Staff, kit: str) -> None:
    look = sent(staff, GOOD)
    first, second = booked(staff, look), booked(staff, look)
    assert (first.status_code, first.location) == (303, second.location)
    said = words(staff.get(second.location))
    assert "3 deliveries booked 25 units are on the shelf now" in said
    assert lots() == {"S-1": 20, "R-1": 5}


def test_pasted_rows_are_taken_like_a_file(staff: Staff, kit: str) -> None:
    booked(staff, staff.post(LIST, page=LIST, text=GOOD.replace("S-1", "Ü-1")))
    assert lots() == {"Ü-1": 20, "R-1": 5}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_a_file_comes_to_its_booking_byte_for_byte(staff: Staff, kit: str, encoding: str) -> None:
    booked(staff, sent(staff, GOOD.replace("S-1", "Ü-1").encode(encoding)))
    assert lots() == {"Ü-1": 20, "R-1": 5}


def test_every_fault_is_named_by_line_and_field_and_there_is_nothing_to_press(
    staff: Staff, kit: str, ordered: str
) -> None:
    more = f"NONE,L,1,2040-01-01,\nSERUM-3M,S-2,x,2040-01-01,\nSERUM-3M,S-1,1,2042-01-01,{ordered}\n"
    look = sent(staff, f"{GOOD}{more}SERUM-3M,S-3,1,2040-01-01,PO-NONE\n")
    said = words(look)
    assert look.status_code == 422
    for place in ("Line 5, sku", "Line 6, quantity", "Line 7, expires", "Line 8, purchase_order"):
        assert place in said
    assert ("Nothing was booked" in said, "packed" in look.text) == (True, False)


@pytest.mark.parametrize("text", ["", "  \n", HEADER, "nonsense", b"\x00\x01", "sku,lot\n"])
def test_what_is_no_list_is_told_in_a_sentence(staff: Staff, kit: str, text: str | bytes) -> None:
    look = sent(staff, text)
    assert (look.status_code, 'role="alert"' in look.text) == (422, True)


def test_an_order_is_received_by_a_list_and_a_second_click_after_it_closed_leads_to_the_same_page(
    staff: Staff, ordered: str, look: Look
) -> None:
    rows = f"SERUM-3M,S-1,20,2040-01-01,{ordered}\nROLLER-025,R-1,31,2040-01-01,{ordered.lower()}\n"
    page = sent(staff, HEADER + rows)
    assert f"1 more than {ordered} still waits for." in words(page)
    places = [booked(staff, page).location for _ in range(2)]
    assert places[0] == places[1]
    assert (look(ordered).state, [line.received for line in look(ordered).lines]) == (CLOSED, [20, 31])


def test_a_list_is_checked_again_when_it_is_booked(staff: Staff, ordered: str, now: Any) -> None:
    page = sent(staff, f"{HEADER}SERUM-3M,S-1,20,2040-01-01,\nSERUM-3M,S-2,20,2040-01-01,{ordered}\n")
    close(ordered, Cause("staff:1", now))
    refused = booked(staff, page)
    assert (refused.status_code, "is closed. Reopen it first" in refused.text) == (422, True)
    assert lots() == {}


@pytest.mark.parametrize("carried", ["", "nonsense", "é", packed(b"x" * 2_000_000)[:-8], packed(b"0" * 9_000_000)])
def test_a_list_that_was_lost_on_its_way_books_nothing(staff: Staff, kit: str, carried: str) -> None:
    refused = booked(staff, sent(staff, GOOD), packed=carried)
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    assert lots() == {}


def test_a_file_of_a_million_bytes_goes_through_and_a_larger_one_is_told_in_a_sentence(staff: Staff, kit: str) -> None:
    filler = b"\n" * (MOST_BYTES - len(GOOD))
    assert booked(staff, sent(staff, GOOD.encode() + filler)).status_code == 303
    large = sent(staff, GOOD.encode() + filler + b"\n")
    assert (large.status_code, "larger than 1,000,000 bytes" in large.text) == (422, True)
    larger = sent(staff, b"x" * 3_000_000)
    assert (larger.status_code, "1,000,000 bytes at most" in larger.text) == (413, True)


def test_a_list_that_cannot_be_packed_any_smaller_still_fits_into_its_form(staff: Staff, kit: str) -> None:
    carried = packed(random.Random(7).randbytes(MOST_BYTES))
    assert len(carried) > MOST_BYTES
    assert booked(staff, sent(staff, GOOD), packed=carried).status_code == 422


def test_no_other_page_takes_as_much(staff: Staff, kit: str) -> None:
    assert staff.post("/admin/receive", page=LIST, sku="x" * 300_000).status_code == 413


def test_two_thousand_rows_are_looked_at_and_booked(staff: Staff, kit: str) -> None:
    rows = "".join(f"SERUM-3M,S-{n},1,2040-01-01,\n" for n in range(MOST_ROWS))
    done = booked(staff, sent(staff, HEADER + rows))
    said = words(staff.get(done.location))
    assert "2,000 deliveries booked" in said
    assert "And 1900 more, in the ledger" in said
    assert len(lots()) == 2000


def test_the_template_is_a_list_that_can_be_read(staff: Staff, kit: str, today: Any) -> None:
    template = staff.get(f"{LIST}/template.csv")
    assert template.mimetype == "text/csv"
    found = read(template.data, today=today)
    assert (found.faults, len(found.rows)) == ((), 1)


@pytest.mark.parametrize("claimed", ["x:2", "\x00", ""])
def test_an_address_that_claims_a_list_was_booked_shows_the_form(staff: Staff, kit: str, claimed: str) -> None:
    page = staff.client.get(LIST, query_string={"booked": claimed})
    assert "Import a list of deliveries" in words(page)

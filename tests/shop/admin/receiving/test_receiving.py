"""Booking a delivery."""

from __future__ import annotations

import pytest

from kits import host
from kits.stock.tables import Lot, StockMovement
from tests.shop.admin.conftest import Staff, words
from tests.shop.storefront.conftest import count

GOOD = {"sku": "SERUM-3M", "lot": "S-77", "quantity": "12", "expires": "2040-01-01"}


def test_a_delivery_is_booked_and_the_page_says_what_is_on_hand(staff: Staff, stocked: str) -> None:
    booked = staff.post("/admin/receive", **GOOD)
    assert booked.status_code == 303
    said = words(staff.get(booked.location))
    assert "12 received" in said
    assert "There are 32 of SERUM-3M on hand now" in said


def test_the_ledger_says_who_received_it(staff: Staff, kit: str) -> None:
    staff.post("/admin/receive", **GOOD)
    actor = host.session().query(StockMovement.actor).scalar()
    host.end_reads()
    assert str(actor).startswith("staff:")


def test_what_a_link_claims_was_booked_is_not_repeated_for_an_unknown_item(staff: Staff, kit: str) -> None:
    assert "received" not in words(staff.get("/admin/receive?sku=NOTHING&booked=7")).replace("Receive", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", ""),
        ("sku", "NOTHING"),
        ("sku", "\x00"),
        ("lot", ""),
        ("lot", "x" * 61),
        ("lot", "a\x00b"),
        ("quantity", "0"),
        ("quantity", "-5"),
        ("quantity", "abc"),
        ("quantity", str(10**9)),
        ("quantity", "9" * 400),
        ("expires", ""),
        ("expires", "2020-01-01"),
        ("expires", "2027-02-30"),
        ("expires", "10000-01-01"),
    ],
)
def test_an_absurd_delivery_books_nothing_and_says_why(staff: Staff, kit: str, field: str, value: str) -> None:
    refused = staff.post("/admin/receive", **{**GOOD, field: value})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert 'role="alert"' in refused.text
    assert (count(Lot), count(StockMovement)) == (0, 0)


def test_what_was_typed_stays(staff: Staff, kit: str) -> None:
    page = staff.post("/admin/receive", **{**GOOD, "quantity": "0"}).text
    assert 'value="S-77"' in page
    assert '<option value="SERUM-3M" selected>' in page


def test_what_runs_low_is_on_today_s_page(staff: Staff, kit: str) -> None:
    said = words(staff.get("/admin/"))
    assert "0 left of Serum, three months" in said

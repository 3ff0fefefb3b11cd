"""Booking what comes back, from the order's page; what the order and its customer read of parcels."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from kits import host
from shop.orders import parcels
from shop.orders.find import order_by_number
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.orders.conftest import id_of, lot_of

SERUM = "LOT-SERUM-3M"
FORM = {"units": "1", "what": "restock", "reason": "the box came back unopened"}


def path(number: str, lot: int | None = None) -> str:
    return f"/admin/orders/{number}/returns/{lot or lot_of(SERUM).id}"


def mark(staff: Staff, page: str) -> str:
    """The mark of a form."""
    found = re.search(r'name="submission" value="([^"]+)"', staff.get(page).text)
    assert found
    return found.group(1)


def test_the_order_offers_a_return_for_each_lot_that_is_with_the_customer(staff: Staff, sent: str) -> None:
    page = staff.get(f"/admin/orders/{sent}")
    assert page.text.count(">Book a return</a>") == 2
    assert path(sent) in page.text
    assert "A return books stock only" in words(page)


def test_an_order_that_has_not_left_offers_none(staff: Staff, set_aside: str) -> None:
    assert "Book a return" not in staff.get(f"/admin/orders/{set_aside}").text
    assert staff.get(path(set_aside)).status_code == 404


@pytest.mark.parametrize(("what", "balances"), [("restock", (20, 0)), ("inspect", (20, 1)), ("discard", (19, 0))])
def test_a_return_is_booked_as_it_was_decided(staff: Staff, sent: str, what: str, balances: tuple[int, int]) -> None:
    page = path(sent)
    answer = staff.post(page, page=page, **{**FORM, "what": what})
    assert (answer.status_code, answer.location) == (303, f"/admin/orders/{sent}#with-customer")
    assert (lot_of(SERUM).on_hand, lot_of(SERUM).quarantined) == balances
    said = words(staff.get(f"/admin/orders/{sent}"))
    assert "Came back" in said
    assert "the box came back unopened" in said


def test_a_return_sent_twice_is_booked_once(staff: Staff, sent: str) -> None:
    page = path(sent)
    form = {**FORM, "submission": mark(staff, page)}
    for _ in range(2):
        assert staff.post(page, page="/admin/receive", **form).status_code == 303
    assert lot_of(SERUM).on_hand == 20


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("units", ""), ("units", "0"), ("units", "2"), ("units", "-1"), ("units", "9" * 30),
        ("what", ""), ("what", "sell"), ("reason", "  "), ("reason", "a\x00b"), ("reason", "x" * 501),
    ],
)  # fmt: skip
def test_a_return_that_cannot_be_is_refused_at_its_field(staff: Staff, sent: str, field: str, value: str) -> None:
    page = path(sent)
    refused = staff.post(page, page=page, **{**FORM, field: value})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert lot_of(SERUM).on_hand == 19


@pytest.mark.parametrize("lot", [999999, 10**40])
def test_a_lot_or_an_order_nobody_has_is_a_404(staff: Staff, sent: str, lot: int) -> None:
    assert staff.get(path(sent, lot)).status_code == 404
    assert staff.post(path(sent, lot), **FORM).status_code == 404
    assert staff.post(path(sent, lot)).status_code in (404, 422)
    assert staff.post(path("R-NONE"), **FORM).status_code == 404


def test_staff_and_customer_see_each_parcel_and_what_follows(staff: Staff, set_aside: str, now: datetime) -> None:
    lots = {lot_of("LOT-ROLLER-025").id: 1}
    parcels.ship(id_of(set_aside), tracking="FIRST", actor="staff:1", now=now, lots=lots)
    token = order_by_number(host.session(), set_aside).token
    host.end_reads()
    said = words(staff.get(f"/admin/orders/{set_aside}"))
    for fact in ("Pack and ship the rest", "Parcel 1", "FIRST", "by staff:1", f"Lot {SERUM} is set aside"):
        assert fact in said
    said = words(staff.get(f"/orders/{token}"))
    for fact in ("A part of it is on its way", "Parcel 1, sent", "FIRST", "What follows Serum", "Your parcels"):
        assert fact in said
    parcels.ship(id_of(set_aside), tracking="LAST", actor="staff:1", now=now)
    said = words(staff.get(f"/orders/{token}"))
    assert "Its last parcel left us on" in said
    assert "What follows" not in said

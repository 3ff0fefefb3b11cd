"""One order's box: scans checked against what is set aside, the parcel shipped whole or in part."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from kits.stock.ledger import Cause
from kits.stock.moves import corrections
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.orders.conftest import lot_of
from tests.shop.admin.orders.the_box import ROLLER, SERUM, box, scan, ship, told


def test_nothing_can_be_scanned_before_it_is_set_aside(staff: Staff, paid: str) -> None:
    page = staff.get(box(paid))
    assert "Nothing is set aside yet" in words(page)
    assert 'id="code"' not in page.text
    assert staff.post(f"{box(paid)}/set-aside", page=box(paid)).status_code == 303
    page = staff.get(box(paid))
    assert re.search(r'<input [^>]*id="code"[^>]* autofocus', page.text)
    assert "0 of 2 picked" in words(page)


def test_right_scans_are_counted_survive_a_reload_and_ship_the_parcel(staff: Staff, set_aside: str) -> None:
    assert "1 of 2 picked" in words(scan(staff, set_aside, SERUM))
    assert "1 of 2 picked" in words(staff.get(box(set_aside)))
    page = scan(staff, set_aside, "roller-025")
    assert "2 of 2 picked" in words(page)
    assert "Ship this parcel" in page.text
    answer = ship(staff, set_aside, tracking="TRACK-1")
    assert (answer.status_code, answer.location) == (303, f"/admin/orders/{set_aside}")
    assert told(set_aside) == ("shipped", 1)
    assert "There is nothing to pack: this order is shipped" in words(staff.get(box(set_aside)))


@pytest.mark.parametrize(
    ("scans", "sentence"),
    [
        (["NOTHING"], "no SKU and no lot of ours"),
        ([SERUM, SERUM], "Too many"),
        ([SERUM, "SERUM-3M"], "Too many"),
        (["<b>"], "&lt;B&gt; is no SKU"),
    ],
)
def test_a_wrong_scan_is_said_and_counted_for_nothing(
    staff: Staff, set_aside: str, scans: list[str], sentence: str
) -> None:
    for code in scans:
        page = scan(staff, set_aside, code)
    assert sentence in words(page)
    assert f"{len(scans) - 1} of 2 picked" in words(page)


@pytest.mark.parametrize("code", ["", "  ", "a\x00b", "x" * 5000])
def test_an_absurd_scan_is_refused_beside_the_field(staff: Staff, set_aside: str, code: str) -> None:
    refused = staff.post(f"{box(set_aside)}/scan", page=box(set_aside), code=code)
    assert refused.status_code == 422
    assert 'id="code-error"' in refused.text


def test_what_is_picked_can_be_shipped_alone_and_the_rest_later(staff: Staff, set_aside: str) -> None:
    scan(staff, set_aside, ROLLER)
    assert "Ship only what is picked" in staff.get(box(set_aside)).text
    ship(staff, set_aside)
    assert told(set_aside) == ("paid", 1)
    page = staff.get(box(set_aside))
    assert "Parcel 2 to Ada Lovelace" in words(page)
    assert "0 of 1 picked" in words(page)
    scan(staff, set_aside, SERUM)
    ship(staff, set_aside)
    assert told(set_aside) == ("shipped", 2)


def test_a_parcel_posted_twice_leaves_once(staff: Staff, set_aside: str) -> None:
    scan(staff, set_aside, ROLLER)
    form = {"parcel": 1, f"lot-{lot_of(ROLLER).id}": 1, "tracking": ""}
    for _ in range(2):
        assert staff.post(f"{box(set_aside)}/ship", page=box(set_aside), **form).status_code == 303
    assert told(set_aside) == ("paid", 1)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 422),
        ({"lot-ROLLER": "0"}, 422),
        ({"lot-ROLLER": "x", "lot-y": "1"}, 422),
        ({"lot-999999": "1"}, 422),
        ({f"lot-{'9' * 40}": "1"}, 422),
        ({"lot-ROLLER": "99999999999999999999"}, 422),
        ({"lot-ROLLER": "1", "parcel": "7"}, 409),
        ({"lot-ROLLER": "1", "parcel": "x"}, 422),
        ({"lot-ROLLER": "1", "tracking": "x" * 81}, 422),
    ],
)
def test_a_parcel_that_cannot_be_is_refused_and_changes_nothing(
    staff: Staff, set_aside: str, form: dict[str, str], code: int
) -> None:
    roller = f"lot-{lot_of(ROLLER).id}"
    sent = {name.replace("lot-ROLLER", roller): value for name, value in form.items()}
    answer = staff.post(f"{box(set_aside)}/ship", page=box(set_aside), **{"tracking": "", **sent})
    assert answer.status_code == code
    assert told(set_aside) == ("paid", 0)


def test_scanning_can_start_over_and_everything_can_be_put_back(staff: Staff, set_aside: str) -> None:
    scan(staff, set_aside, SERUM)
    staff.post(f"{box(set_aside)}/start-over", page=box(set_aside))
    assert "0 of 2 picked" in words(staff.get(box(set_aside)))
    scan(staff, set_aside, SERUM)
    staff.post(f"{box(set_aside)}/put-back", page=box(set_aside))
    assert "Nothing is set aside yet" in words(staff.get(box(set_aside)))
    assert lot_of(SERUM).allocated == 0


def test_what_there_is_can_be_set_aside_and_sent_before_the_rest(staff: Staff, paid: str, now: datetime) -> None:
    corrections.quarantine(lot_of(SERUM).id, 20, Cause("staff:1", now, "a torn seal"))
    page = box(paid)
    assert staff.post(f"{page}/set-aside", page=page).status_code == 409
    assert "Set aside what there is" in staff.get(page).text
    staff.post(f"{page}/set-aside", page=page, partly="1")
    scan(staff, paid, ROLLER)
    ship(staff, paid)
    assert told(paid) == ("paid", 1)
    assert lot_of(ROLLER).on_hand == 19


def test_boxes_of_several_orders_are_kept_apart_and_the_oldest_is_forgotten(
    staff: Staff, pay: Callable[[], str]
) -> None:
    numbers = [pay() for _ in range(4)]
    staff.post("/admin/packing", page="/admin/packing", order=numbers)
    for number in numbers:
        scan(staff, number, SERUM)
    assert ["1 of 2 picked" in words(staff.get(box(number))) for number in numbers] == [False, True, True, True]


def test_an_order_that_is_not_paid_or_not_there_has_no_box(staff: Staff, placed: str) -> None:
    assert "not paid yet" in words(staff.get(box(placed)))
    for action in ("set-aside", "put-back"):
        assert staff.post(f"{box(placed)}/{action}").status_code == 409
    for action in ("", "/scan", "/other-lot", "/start-over", "/set-aside", "/put-back", "/ship"):
        path = f"{box('R-NONE')}{action}"
        answer = staff.post(path, code="x", tracking="") if action else staff.get(path)
        assert answer.status_code == 404

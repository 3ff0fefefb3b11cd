"""One order's box: scans checked against what is set aside, the parcel shipped whole or in part."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from kits import host
from kits.stock.ledger import Cause
from kits.stock.moves import corrections
from kits.stock.tables import StockMovement
from shop.orders.find import order_by_number
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.orders.conftest import lot_of

ROLLER, SERUM = "LOT-ROLLER-025", "LOT-SERUM-3M"


def box(number: str) -> str:
    return f"/admin/orders/{number}/pack"


def scan(staff: Staff, number: str, code: str) -> TestResponse:
    """Scan a code; the page that comes after."""
    page = box(number)
    answer = staff.post(f"{page}/scan", page=page, code=code)
    assert (answer.status_code, answer.location) == (303, page)
    return staff.get(page)


def ship(staff: Staff, number: str, **more: object) -> TestResponse:
    """Send the form as the page wrote it."""
    page = box(number)
    form = re.search(r'action="[^"]+/pack/ship">(.*?)</form>', staff.get(page).text, re.S)
    hidden = dict(re.findall(r'type="hidden" name="(parcel|lot-\d+)" value="(\d+)"', form.group(1) if form else ""))
    return staff.post(f"{page}/ship", page=page, **{**hidden, "tracking": "", **more})


def exchange(page: TestResponse) -> dict[str, str]:
    """What the form for another lot carries, but for the reason."""
    return dict(re.findall(r'type="hidden" name="(lot|instead_of|submission)" value="([^"]+)"', page.text))


def told(number: str) -> tuple[str, int]:
    """The order's state, and how many parcels it has."""
    order = order_by_number(host.session(), number)
    found = order.state, len(order.parcels)
    host.end_reads()
    return found


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


def test_another_lot_takes_the_place_of_the_one_set_aside_and_the_ledger_says_why(
    staff: Staff, set_aside: str, later_lot: str
) -> None:
    page = scan(staff, set_aside, later_lot)
    assert f"lot {SERUM} is set aside for this order, not lot {later_lot}. Take lot {SERUM}." in words(page)
    assert f"Use lot {later_lot} for this one" in words(page)
    answer = staff.post(f"{box(set_aside)}/other-lot", page=box(set_aside), reason="damaged", **exchange(page))
    assert answer.status_code == 303
    page = staff.get(box(set_aside))
    assert "1 of 2 picked" in words(page)
    assert (lot_of(SERUM).allocated, lot_of(later_lot).allocated) == (0, 1)
    assert len(host.session().scalars(select(StockMovement).where(StockMovement.reason == "damaged")).all()) == 2
    host.end_reads()
    scan(staff, set_aside, ROLLER)
    ship(staff, set_aside)
    assert lot_of(later_lot).on_hand == 4


def test_two_clicks_on_the_other_lot_exchange_one_unit_and_count_it_once(
    staff: Staff, set_aside_two: str, later_lot: str
) -> None:
    page = box(set_aside_two)
    form = {"reason": "damaged", **exchange(scan(staff, set_aside_two, later_lot))}
    for _ in range(2):
        assert staff.post(f"{page}/other-lot", page=page, **form).status_code == 303
    assert "1 of 4 picked" in words(staff.get(page))
    assert (lot_of(SERUM).allocated, lot_of(later_lot).allocated) == (1, 1)


def test_the_second_click_counts_what_the_browser_never_heard_of_the_first(
    staff: Staff, set_aside: str, later_lot: str
) -> None:
    page = box(set_aside)
    form = {"reason": "damaged", **exchange(scan(staff, set_aside, later_lot))}
    before = staff.client.get_cookie("refillery")
    staff.post(f"{page}/other-lot", page=page, **form)
    staff.client.set_cookie("refillery", before.value if before else "")
    staff.post(f"{page}/other-lot", page=page, **form)
    assert "1 of 2 picked" in words(staff.get(page))


def test_a_lot_that_may_not_be_used_instead_says_why_and_offers_no_button(
    staff: Staff, set_aside: str, later_lot: str, now: datetime
) -> None:
    corrections.quarantine(lot_of(later_lot).id, 5, Cause("staff:1", now, "a torn seal"))
    page = scan(staff, set_aside, later_lot)
    assert "set aside for other orders or in quarantine" in words(page)
    assert "for this one" not in page.text
    ids = {"lot": lot_of(later_lot).id, "instead_of": lot_of(SERUM).id, "reason": "damaged", "submission": "form-1"}
    assert staff.post(f"{box(set_aside)}/other-lot", page=box(set_aside), **ids).status_code == 409


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 422),
        ({"lot": "x", "instead_of": "1", "reason": "damaged"}, 422),
        ({"lot": "9" * 30, "instead_of": "1", "reason": "damaged"}, 422),
        ({"lot": "1", "instead_of": "2", "reason": "no reason of ours"}, 422),
        ({"lot": "999999", "instead_of": "2", "reason": "damaged"}, 422),
        ({"lot": "999999", "instead_of": "2", "reason": "damaged", "submission": "x" * 65}, 422),
        ({"lot": "999999", "instead_of": "2", "reason": "damaged", "submission": "form-1"}, 409),
    ],
)
def test_an_absurd_exchange_changes_nothing(staff: Staff, set_aside: str, form: dict[str, str], code: int) -> None:
    assert staff.post(f"{box(set_aside)}/other-lot", page=box(set_aside), **form).status_code == code
    assert (lot_of(ROLLER).allocated, lot_of(SERUM).allocated) == (1, 1)


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

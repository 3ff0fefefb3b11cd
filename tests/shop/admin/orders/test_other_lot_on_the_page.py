"""Taking another lot than the one set aside, on the packing page."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from kits import host
from kits.stock.ledger import Cause
from kits.stock.moves import corrections
from kits.stock.tables import StockMovement
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.orders.conftest import lot_of
from tests.shop.admin.orders.the_box import ROLLER, SERUM, box, exchange, scan, ship


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

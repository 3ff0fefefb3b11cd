"""Retiring an item in the admin: shown first, done once, undone."""

from __future__ import annotations

import pytest

from kits import host
from kits.catalogue.first_kit import ROLLER, SERUM
from kits.catalogue.tables import Item
from tests.shop.admin.conftest import Staff, words

PAGE = f"/admin/stock/items/{SERUM}/retire"


@pytest.fixture(autouse=True)
def another_serum(stocked: str) -> None:
    """Another serum."""
    with host.unit() as session:
        session.add(Item(sku="SERUM-B", name="Serum B"))


def test_what_it_means_is_said_before_anything_happens(staff: Staff) -> None:
    page = words(staff.get(PAGE))
    assert "It is part of Mesotherapy kit. New orders get its successor at once." in page
    assert "at least 7 days before the charge" in page
    assert "20 are left on the shelf" in page


def test_an_item_is_retired_for_another_and_brought_back(staff: Staff) -> None:
    assert staff.post(PAGE, page=PAGE, successor="SERUM-B").status_code == 303
    page = words(staff.get(PAGE))
    assert f"{SERUM} is retired" in page
    assert "Serum B is sent in its place" in page
    assert staff.post(f"/admin/stock/items/{SERUM}/bring-back", page=PAGE).status_code == 303
    assert f"Retire {SERUM}" in words(staff.get(PAGE))


def test_without_a_successor_what_is_left_is_used_up(staff: Staff) -> None:
    staff.post(PAGE, page=PAGE, successor="")
    assert "what is left of it is used up" in words(staff.get(PAGE))


@pytest.mark.parametrize("successor", [SERUM, "NONE", "\0", "X" * 300])
def test_a_successor_that_cannot_be_is_refused_beside_the_field(successor: str, staff: Staff) -> None:
    answer = staff.post(PAGE, page=PAGE, successor=successor)
    assert answer.status_code == 422
    assert 'id="successor-error"' in answer.text
    assert f"Retire {SERUM}" in words(staff.get(PAGE))


def test_what_is_done_already_is_told_as_a_conflict(staff: Staff) -> None:
    assert staff.post(f"/admin/stock/items/{ROLLER}/bring-back", page=PAGE).status_code == 409
    staff.post(PAGE, page=PAGE, successor="SERUM-B")
    assert staff.post(PAGE, page=f"/admin/stock/items/{ROLLER}/retire", successor="").status_code == 409


def test_an_unknown_item_is_not_found(staff: Staff) -> None:
    assert staff.get("/admin/stock/items/NONE/retire").status_code == 404
    assert staff.post("/admin/stock/items/NONE/retire", page=PAGE).status_code == 404

"""What a scanner reads is checked against what is set aside."""

from __future__ import annotations

from datetime import date

import pytest

from kits.catalogue.tables import Item
from kits.stock.tables import Lot
from shop.orders.parcels.picking import Pick, Scan, scan

TODAY, EXPIRES = date(2027, 1, 4), date(2027, 12, 31)
SERUM, ROLLER, CREAM = (
    Item(id=number, sku=sku, name=sku.capitalize()) for number, sku in enumerate(("SERUM", "ROLLER", "CREAM"), 1)
)


def lot(number: int, item: Item, code: str, expires: date = EXPIRES) -> Lot:
    return Lot(id=number, item=item, item_id=item.id, code=code, expires_on=expires)


S1, S2, S3 = lot(1, SERUM, "S-1"), lot(2, SERUM, "S-2"), lot(3, SERUM, "S-3")
R1, C1, TWIN = lot(4, ROLLER, "R-1"), lot(5, CREAM, "C-1"), lot(6, ROLLER, "S-1")
ALL = (S1, S2, S3, R1, C1, TWIN)


def read(code: str, *picks: Pick) -> Scan:
    """Scan a code in front of a shelf with all lots."""
    known = [each for each in ALL if code.strip().upper() in (each.code, each.item.sku)]
    return scan(code, picks, known, TODAY)


@pytest.mark.parametrize("code", ["S-1", " s-1 ", "SERUM", "serum"])
def test_the_right_lot_is_picked_by_its_code_or_by_its_item(code: str) -> None:
    found = read(code, Pick(S1, 2, 1), Pick(R1, 1))
    assert (found.what, found.lot) == ("picked", S1)
    assert "2 of 2 picked" in found.sentence


def test_the_right_item_of_another_lot_names_the_lot_to_take() -> None:
    found = read("S-3", Pick(S1, 2, 2), Pick(S2, 1))
    assert (found.what, found.lot, found.instead_of) == ("other", S3, S2)
    assert "Take lot S-2" in found.sentence


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("C-1", "Wrong item: Cream"),
        ("CREAM", "Wrong item: Cream"),
        ("NOTHING", "no SKU and no lot of ours"),
        ("R-1", "Too many: all of Roller, lot R-1 is picked"),
        ("ROLLER", "Too many"),
    ],
)
def test_what_does_not_belong_into_the_box_is_said(code: str, sentence: str) -> None:
    found = read(code, Pick(S1, 1), Pick(R1, 1, 1))
    assert found.what == "fault"
    assert sentence in found.sentence


def test_another_lot_of_an_item_that_is_picked_already_is_too_many() -> None:
    assert "Too many: all of Serum" in read("S-3", Pick(S1, 1, 1)).sentence


def test_an_item_of_two_lots_asks_for_the_lot_and_a_lot_code_of_two_items_for_the_item() -> None:
    assert "Scan the lot code" in read("SERUM", Pick(S1, 1), Pick(S2, 1)).sentence
    assert "Scan the SKU" in read("S-1", Pick(S1, 1), Pick(TWIN, 1)).sentence
    assert read("SERUM", Pick(S1, 1, 1), Pick(S2, 1)).lot is S2


def test_a_lot_that_has_expired_since_it_was_set_aside_is_not_picked() -> None:
    old = lot(7, SERUM, "S-0", date(2027, 1, 3))
    assert "has expired" in read("S-0", Pick(old, 1)).sentence

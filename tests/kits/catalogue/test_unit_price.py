"""The price per 100 ml: of all the liquid in a refill box, to the nearest penny."""

from __future__ import annotations

import pytest

from kits.catalogue.tables import Item, KitComponent
from kits.catalogue.unit_price import per_100_ml
from kits.money import Money

PRICE = Money(4900, "GBP")


def parts(*held: tuple[int, int | None]) -> list[KitComponent]:
    """Parts of a kit by how many are in a refill, and the millilitres of each."""
    return [KitComponent(in_kit=1, in_refill=units, item=Item(millilitres=ml)) for units, ml in held]


@pytest.mark.parametrize(
    ("held", "amount"),
    [
        ([(1, 100)], 4900),
        ([(1, 30)], 16333),
        ([(2, 30), (0, 500), (1, None)], 8167),
        ([(1, 96)], 5104),
    ],
)
def test_it_counts_all_liquid_of_a_box_and_nothing_else(held: list[tuple[int, int | None]], amount: int) -> None:
    assert per_100_ml(PRICE, parts(*held)) == Money(amount, "GBP")


def test_a_box_without_liquid_has_none() -> None:
    assert per_100_ml(PRICE, parts((1, None), (0, 100))) is None

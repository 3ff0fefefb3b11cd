"""The price of a liquid per 100 millilitres, as the Price Marking Order 2004 wants it shown."""

from __future__ import annotations

from typing import Any

from kits.money import Money

UNIT_ML = 100


def per_100_ml(price: Money, components: Any) -> Money | None:
    """What 100 ml cost in a refill box at `price`, to the nearest minor unit; None when a box holds no liquid.

    `components` are the kit's parts, each with its item and how many are `in_refill`.
    """
    held = sum(part.in_refill * (part.item.millilitres or 0) for part in components)
    return Money((2 * price.amount * UNIT_ML + held) // (2 * held), price.currency) if held else None

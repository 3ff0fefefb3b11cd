"""What was paid for each unit of an order's line, so that a kit can be given back in part. Pure, in minor units.

In a kit what a refill box holds, too, weighs what the refill box costs; what
stays for the whole plan weighs the rest of the kit's price. Why:
docs/decisions/0008-shares-of-a-kit.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.selling.vat import divided


@dataclass(frozen=True)
class Part:
    """An item of a kit or box: `units` of it in each, and how many of them a refill box holds."""

    units: int
    in_refill: int


def unit_shares(
    due: int, quantity: int, parts: Sequence[Part], unit_amount: int, refill_amount: int
) -> list[list[int]]:
    """What was paid for each unit of each part of `quantity` kits or boxes, a list a part; adds up to `due`.

    `due` is what was paid for the line after its discount; a kit's price was
    `unit_amount`, that of a refill box `refill_amount`. For a box itself all
    of whose parts are in a refill, and where the kit costs no more than a
    refill, every unit weighs the same.
    """
    weights = _weights(parts, unit_amount, refill_amount)
    of_kit = [(place, weights[place]) for place, part in enumerate(parts) for _ in range(part.units)]
    shares: list[list[int]] = [[] for _ in parts]
    if of_kit and quantity:
        paid = divided(due, [weight for _, weight in of_kit] * quantity)
        for (place, _), amount in zip(of_kit * quantity, paid, strict=True):
            shares[place].append(amount)
    return shares


def _weights(parts: Sequence[Part], unit_amount: int, refill_amount: int) -> list[int]:
    """How much a unit of each part weighs."""
    stay = sum(part.units for part in parts if not part.in_refill)
    in_refill = sum(part.in_refill for part in parts)
    refilled = sum(part.units for part in parts if part.in_refill)
    rest = unit_amount * in_refill - refill_amount * refilled
    if not stay or not refilled or rest <= 0 or refill_amount <= 0:
        return [1] * len(parts)
    return [refill_amount * stay if part.in_refill else rest for part in parts]

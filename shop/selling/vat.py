"""The VAT in prices, and dividing a sum so that no minor unit is lost. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def vat_in(gross: int, permille: int | None) -> int:
    """The VAT in `gross` minor units at `permille` of the net price, rounded half up; 0 for a shop not registered.

    A line is rounded by itself; HMRC VAT Notice 700, section 17.5, lets each line be rounded to the nearest penny.
    """
    if not permille:
        return 0
    return (2 * gross * permille + 1000 + permille) // (2 * (1000 + permille))


def divided(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` divided by `weights`, each part within a unit of its share; what is left goes to the largest rests.

    Raises ValueError when there is nothing to divide by.
    """
    whole = sum(weights)
    if not whole:
        raise ValueError("nothing to divide by")
    parts = [amount * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in by_rest[: amount - sum(parts)]:
        parts[index] += 1
    return parts

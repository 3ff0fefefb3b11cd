"""What an order comes to: lines, discount, shipping, and the VAT in each. Pure, in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.selling.vat import divided, vat_in


@dataclass(frozen=True)
class Sold:
    """A line before its discount: `gross` minor units with VAT; `discountable` unless refills follow or it is one."""

    gross: int
    discountable: bool


@dataclass(frozen=True)
class Discount:
    """What a code takes off: `percent`, or `amount` minor units."""

    code: str
    percent: int | None = None
    amount: int | None = None

    def off(self, base: int) -> int:
        """What it takes off `base`, rounded half up; never more than there is."""
        return min(base, self.amount if self.amount is not None else (2 * base * (self.percent or 0) + 100) // 200)


@dataclass(frozen=True)
class LineTotal:
    """A line's money: `gross` before the discount, `due` after it, and the VAT in what is due."""

    gross: int
    discount: int
    vat: int

    @property
    def due(self) -> int:
        """What is paid for the line."""
        return self.gross - self.discount


@dataclass(frozen=True)
class Totals:
    """An order's money. `total` = lines' due + shipping; `vat` = the VAT of the lines + that of shipping."""

    lines: tuple[LineTotal, ...]
    shipping: int
    shipping_vat: int

    @property
    def goods(self) -> int:
        """The lines before their discounts."""
        return sum(line.gross for line in self.lines)

    @property
    def discount(self) -> int:
        """What the code takes off in all."""
        return sum(line.discount for line in self.lines)

    @property
    def total(self) -> int:
        """What is paid now."""
        return self.goods - self.discount + self.shipping

    @property
    def vat(self) -> int:
        """The VAT in the total."""
        return sum(line.vat for line in self.lines) + self.shipping_vat

    @property
    def net(self) -> int:
        """The total without VAT."""
        return self.total - self.vat


def totals(lines: Sequence[Sold], *, shipping: int, discount: Discount | None, vat_permille: int | None) -> Totals:
    """Add an order up. A discount is divided over the lines it may touch by what they cost."""
    weights = [line.gross if line.discountable else 0 for line in lines]
    base = sum(weights)
    off = divided(discount.off(base), weights) if discount and base else [0] * len(lines)
    return Totals(
        lines=tuple(
            LineTotal(line.gross, less, vat_in(line.gross - less, vat_permille))
            for line, less in zip(lines, off, strict=True)
        ),
        shipping=shipping,
        shipping_vat=vat_in(shipping, vat_permille),
    )

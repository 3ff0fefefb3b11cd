"""What a basket comes to, with shipping, discount and VAT: for the page that shows it and the order that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kits.errors import BadInput
from kits.money import Money
from shop.orders.basket import PricedLine, refills_total
from shop.selling import shipping
from shop.selling.rules import Rules
from shop.selling.shipping import Way
from shop.selling.totals import Discount, Sold, Totals, totals

LEAST_CHARGE = {"GBP": 30}
LEAST_ELSEWHERE = 50
"""The least that Stripe lets a card pay, in minor units (https://docs.stripe.com/currencies)."""
NO_DISCOUNT = (
    "Codes hold for kits bought without refills, not for refill boxes: there is nothing here that this one touches."
)


@dataclass(frozen=True)
class Due:
    """A basket with all that it costs. `ways` are all that may be chosen; it goes by `way`."""

    lines: tuple[PricedLine, ...]
    totals: Totals
    way: Way
    ways: tuple[Way, ...]
    discount: Discount | None
    vat_permille: int | None

    @property
    def currency(self) -> str:
        """The currency of it all."""
        return self.lines[0].due_today.currency

    @property
    def total(self) -> Money:
        """What is paid now."""
        return Money(self.totals.total, self.currency)

    @property
    def later(self) -> Money:
        """What is charged later, for refills."""
        return refills_total(self.lines)

    @property
    def plan_total(self) -> Money:
        """What is paid now and later."""
        return self.total + self.later

    @property
    def follows(self) -> list[PricedLine]:
        """The lines that refills follow."""
        return [line for line in self.lines if line.refills]

    def by(self, way: Way) -> Money:
        """What would be paid now if it went by this way."""
        return Money(self.totals.total - self.way.amount + way.amount, self.currency)


def reckon(
    lines: Sequence[PricedLine],
    rules: Rules,
    *,
    country: str,
    way: str | None = None,
    discount: Discount | None = None,
) -> Due:
    """Add a basket up; without `way` it goes by the cheapest.

    Raises BadInput at `country`, `shipping` or `discount` for what cannot be had.
    """
    offered = shipping.ways(rules.zones, country, sum(line.grams for line in lines))
    sold = [Sold(line.due_today.amount, discountable=not (line.refills or line.loose)) for line in lines]
    if discount and not any(each.discountable for each in sold):
        raise BadInput("discount", NO_DISCOUNT)
    chosen = shipping.chosen(offered, way)
    rate = rules.facts.vat_rate
    sums = totals(sold, shipping=chosen.amount, discount=discount, vat_permille=rate)
    return Due(tuple(lines), sums, chosen, tuple(offered), discount, rate)


def check_payable(due: Due) -> None:
    """Raises BadInput when a card cannot pay what is due, at `discount` when the code is why."""
    least = Money(LEAST_CHARGE.get(due.currency, LEAST_ELSEWHERE), due.currency)
    if least <= due.total:
        return
    if due.follows and not due.total.amount:
        raise BadInput("lines", "Nothing is due today, but refills would follow: this cannot be ordered.")
    at = "discount" if due.discount else "lines"
    raise BadInput(at, f"{due.total} would be due, but a card cannot pay less than {least}. Please order without it.")

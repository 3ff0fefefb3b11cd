"""What goes back for a return by the rules. Reads only; decisions read it under the order's row lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kits.errors import BadInput
from kits.money import Money
from shop.orders.tables import Order
from shop.payments.giving_back import money_back
from shop.payments.tables import PENDING, SUCCEEDED, Refund
from shop.returns.lists import not_asked_again
from shop.returns.tables import WITHDRAWAL, Return
from shop.returns.withdrawing.goods import Goods, goods_of, grams
from shop.selling import rules, shipping


@dataclass(frozen=True)
class Due:
    """In minor units: what was paid for the goods, the outward shipping, and together no more than is left."""

    goods: int
    shipping: int
    left: int
    currency: str

    @property
    def amount(self) -> int:
        """What goes back."""
        return min(self.goods + self.shipping, self.left)

    def money(self, amount: int) -> Money:
        """An amount of it as money."""
        return Money(amount, self.currency)


def due(session: Session, row: Return) -> Due:
    """What is due for a return: for what came back of it, and for what had never left.

    Shipping goes back when the whole order was withdrawn from: all of it when
    nothing had left, else what the cheapest way would have cost (reg 34(3)).
    """
    order, left = row.order, money_back.left(session, row.order)
    goods = goods_of(session, order)
    whole = row.kind == WITHDRAWAL and all(each.taken == each.units for each in goods)
    if whole and not order.parcels:
        paid = sum(item.amount for item in row.items)
        return Due(paid, max(0, left - paid), left, order.currency)
    here = sum(item.amount for item in row.items if not item.sent)
    came = _came(row)
    shipping = _shipping(session, order, goods) if whole and _all_came(row, came) else 0
    return Due(max(0, here + sum(came) - _given(session, row)), shipping, left, order.currency)


def cheapest(session: Session, order: Order, weight: int) -> int:
    """What the cheapest way of sending so many grams to the order's country costs; no more than it was charged."""
    try:
        offered = shipping.ways(rules.read(session).zones, order.country, weight)
    except BadInput:  # served no more, or too heavy for any way of today
        return order.shipping_amount
    return min(order.shipping_amount, shipping.cheapest(offered).amount)


def _came(row: Return) -> list[int]:
    """What was paid for each unit that came back."""
    arrived: Counter[int] = Counter()
    for outcome in row.outcomes:
        arrived[outcome.lot.item_id] += outcome.units
    paid = []
    for item in row.coming:
        units = min(item.units, arrived[item.item_id])
        arrived[item.item_id] -= units
        paid += [amount for _, amount in item.parts[:units]]
    return paid


def _all_came(row: Return, came: Sequence[int]) -> bool:
    return len(came) == sum(item.units for item in row.coming)


def _shipping(session: Session, order: Order, goods: Sequence[Goods]) -> int:
    """The outward shipping, once an order."""
    before = select(func.coalesce(func.sum(Return.shipping_amount), 0)).where(Return.order_id == order.id)
    return max(0, cheapest(session, order, grams(goods)) - (session.scalar(before) or 0))


def _given(session: Session, row: Return) -> int:
    """What went back of this return already, at once, for what had not left; one that failed is asked for by itself."""
    counts = or_(Refund.state.in_((PENDING, SUCCEEDED)), not_asked_again())
    mine = select(func.coalesce(func.sum(Refund.amount), 0)).where(Refund.return_id == row.id, counts)
    return session.scalar(mine) or 0

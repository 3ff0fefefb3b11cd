"""What an order holds, line by line and item by item: what was given back, what waits here, what is with the customer.

Reads only. Decisions read it under the order's row lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item, KitComponent
from kits.stock.moves.packing import left_to_ship
from kits.stock.moves.returns import with_customer
from kits.stock.tables import Lot, Reservation
from shop.orders.tables import Order, OrderLine
from shop.returns.tables import AWAITED, CLOSED, Return, ReturnItem
from shop.returns.withdrawing.shares import Part, unit_shares

Key = tuple[int, int]
"""A line's id and an item's id."""


@dataclass(frozen=True)
class Goods:
    """One item of one line.

    Of `units` sold, `taken` are given back already, `waiting` have not left,
    and `there` are with the customer or on their way. `paid` is what was paid
    for each unit that is not given back, with its place among them all.
    """

    line: OrderLine
    item: Item
    per_kit: int
    serves_until: date
    units: int
    taken: int
    waiting: int
    there: int
    paid: tuple[tuple[int, int], ...]

    @property
    def key(self) -> Key:
        """Names it within its order."""
        return self.line.id, self.item.id

    def kept(self, given_back: int, opened: int) -> int:
        """How many kits or boxes of the line this item still serves, when so many more go back or cannot."""
        left = self.units - self.taken - given_back - opened
        return max(0, -(-left // self.per_kit))


def goods_of(session: Session, order: Order) -> list[Goods]:
    """All that the order holds, in the order of its lines and of their items."""
    sent_as = _sent_as(session, order.number)
    taken = _taken(session, order)
    waiting, there = Counter(left_to_ship(session, order.number)), _there(session, order)
    found = []
    for line in order.lines:
        parts = _parts(order, line)
        shares = unit_shares(_due(line), line.quantity, [part for _, part in parts], *_prices(line))
        for (component, part), paid in zip(parts, shares, strict=True):
            item = _sent_for(component.item, sent_as)
            free = [each for each in enumerate(paid) if each[0] not in taken.get((line.id, item.id), ())]
            here = min(len(free), waiting[item.id])
            with_them = min(len(free) - here, there[item.id])
            waiting[item.id] -= here
            there[item.id] -= with_them
            found.append(_goods(line, item, part, len(paid), free, here, with_them))
    return found


def _goods(
    line: OrderLine, item: Item, part: Part, units: int, free: Sequence[tuple[int, int]], waiting: int, there: int
) -> Goods:
    until = line.serves_until if part.in_refill or line.loose else line.plan.last_session
    about = {"units": units, "taken": units - len(free), "waiting": waiting, "there": there, "paid": tuple(free)}
    return Goods(line=line, item=item, per_kit=part.units, serves_until=until, **about)  # type: ignore[arg-type]


def grams(goods: Iterable[Goods]) -> int:
    """What all of it weighs, wrapped for sending."""
    return sum(each.item.weight_g * each.units for each in goods)


def _parts(order: Order, line: OrderLine) -> list[tuple[KitComponent, Part]]:
    """What is in each kit, or refill box, of the line."""
    box = line.loose or order.kind == "refill"
    each = [(part, part.in_refill if box else part.in_kit) for part in line.kit.components]
    return [(part, Part(units, part.in_refill)) for part, units in each if units]


def _due(line: OrderLine) -> int:
    return line.unit_amount * line.quantity - line.discount_amount


def _prices(line: OrderLine) -> tuple[int, int]:
    return line.unit_amount, line.refill_amount


def _sent_as(session: Session, number: str) -> set[int]:
    """Ids of the items that the order was promised, whatever became of it."""
    return set(session.scalars(select(Reservation.item_id).where(Reservation.order_number == number)))


def _sent_for(item: Item, sent: set[int]) -> Item:
    """The item that went out for a component: itself, or whichever of its successors the order was promised."""
    passed: set[int] = set()
    each: Item | None = item
    while each is not None and each.id not in passed:
        if each.id in sent:
            return each
        passed.add(each.id)
        each = each.successor
    return item


def _taken(session: Session, order: Order) -> Mapping[Key, set[int]]:
    """The places of the units that were given back, of each line and item; of a closed return those that never left."""
    stands = or_(Return.state != CLOSED, ~ReturnItem.sent)
    rows = select(ReturnItem).join(Return).where(Return.order_id == order.id, stands)
    taken: dict[Key, set[int]] = {}
    for row in session.scalars(rows.execution_options(populate_existing=True)):
        taken.setdefault((row.line_id, row.item_id), set()).update(place for place, _ in row.parts)
    return taken


def _there(session: Session, order: Order) -> Counter[int]:
    """Units by item id that are with the customer, but for those that are to come back already."""
    lots = with_customer(session, order.number)
    items = dict(session.execute(select(Lot.id, Lot.item_id).where(Lot.id.in_(lots))).all())
    there: Counter[int] = Counter()
    for lot_id, units in lots.items():
        there[items[lot_id]] += units
    coming = (
        select(ReturnItem.item_id, func.sum(ReturnItem.units))
        .join(Return)
        .where(Return.order_id == order.id, Return.state.in_(AWAITED), ReturnItem.sent)
        .group_by(ReturnItem.item_id)
    )
    for item_id, units in session.execute(coming):
        there[item_id] -= int(units)
    return +there


def by_key(goods: Sequence[Goods]) -> dict[Key, Goods]:
    """The same by line and item."""
    return {each.key: each for each in goods}

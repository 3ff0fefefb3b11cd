"""Promising stock to orders, and letting it go.

A reservation takes each item's row lock (a write to `Item.claims`, which
holds on every engine) in the order of item ids, then counts, then writes. So
two baskets never deadlock, and nobody counts what another is taking. What
leaves the shelf takes the same locks: lots and promises are read one after
the other, and a parcel must not go out in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.errors import SoldOut
from kits.stock.availability import Shelf, sum_by_day
from kits.stock.tables import Lot, Reservation


@dataclass(frozen=True)
class Demand:
    """`quantity` units of an item that must last until `serves_until`."""

    item_id: int
    quantity: int
    serves_until: date


def shelves(session: Session, item_ids: Iterable[int]) -> dict[int, Shelf]:
    """Lots and promises of the given items, two statements in all."""
    ids = sorted(set(item_ids))
    lots = session.execute(
        select(Lot.item_id, Lot.expires_on, func.sum(Lot.on_hand))
        .where(Lot.item_id.in_(ids), Lot.on_hand > 0)
        .group_by(Lot.item_id, Lot.expires_on)
    ).all()
    held = session.execute(
        select(Reservation.item_id, Reservation.serves_until, func.sum(Reservation.quantity))
        .where(Reservation.item_id.in_(ids), Reservation.state == "held")
        .group_by(Reservation.item_id, Reservation.serves_until)
    ).all()
    return {
        item_id: Shelf(
            sum_by_day((day, int(units)) for item, day, units in lots if item == item_id),
            sum_by_day((day, int(units)) for item, day, units in held if item == item_id),
        )
        for item_id in ids
    }


def how_many(session: Session, demands: Sequence[Demand], today: date) -> int:
    """How many times all of `demands` together can be met now; a look without a lock."""
    wanted: dict[int, list[tuple[date, int]]] = {}
    for demand in demands:
        wanted.setdefault(demand.item_id, []).append((demand.serves_until, demand.quantity))
    found = shelves(session, wanted)
    return min((found[item].times(sum_by_day(units), today) for item, units in wanted.items()), default=0)


def lock(session: Session, item_ids: Iterable[int]) -> None:
    """Take the items' row locks, in the order that all take them in; held until the unit ends."""
    for item_id in sorted(set(item_ids)):
        session.execute(update(Item).where(Item.id == item_id).values(claims=Item.claims + 1))


def reserve(session: Session, order_number: str, demands: Sequence[Demand], *, today: date, now: datetime) -> None:
    """Promise all of `demands` to the order or nothing; raises SoldOut. Last in the caller's unit."""
    lock(session, (demand.item_id for demand in demands))
    found = shelves(session, (demand.item_id for demand in demands))
    for demand in demands:
        left = found[demand.item_id].available(demand.serves_until, today)
        if left < demand.quantity:
            raise SoldOut("There is not enough left of this.", left)
        found[demand.item_id] = found[demand.item_id].with_promise(demand.serves_until, demand.quantity)
    session.add_all(
        Reservation(
            item_id=demand.item_id,
            order_number=order_number,
            quantity=demand.quantity,
            serves_until=demand.serves_until,
            made_at=now,
        )
        for demand in demands
    )
    session.flush()


def reserve_again(session: Session, order_number: str, *, today: date, now: datetime) -> None:
    """Promise an order once more what was released; raises SoldOut when it is no longer there."""
    released = session.scalars(
        select(Reservation).where(Reservation.order_number == order_number, Reservation.state == "released")
    ).all()
    demands = [Demand(row.item_id, row.quantity, row.serves_until) for row in released]
    reserve(session, order_number, demands, today=today, now=now)


def release(session: Session, order_number: str) -> int:
    """Let go of what is held for the order; returns how many reservations that were."""
    return _leave(session, order_number, "released")


def consume(session: Session, order_number: str) -> int:
    """The order was packed: its reservations end. Returns how many there were."""
    return _leave(session, order_number, "shipped")


def _leave(session: Session, order_number: str, state: str) -> int:
    held = update(Reservation).where(Reservation.order_number == order_number, Reservation.state == "held")
    return session.execute(held.values(state=state)).rowcount  # type: ignore[attr-defined,no-any-return]

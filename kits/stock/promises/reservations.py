"""Promising stock to orders, and letting it go.

A reservation takes each item's row lock (a write to `Item.claims`, which
holds on every engine) in the order of item ids, then counts, then writes. So
two baskets never deadlock, and nobody counts what another is taking. What
leaves the shelf takes the same locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits.errors import SoldOut
from kits.host import Reader
from kits.in_one import insert_all
from kits.stock.promises.availability import Shelf
from kits.stock.promises.statements import COUNTS, LOCK
from kits.stock.tables import ALLOCATED, HELD, RELEASED, Reservation


@dataclass(frozen=True)
class Demand:
    """`quantity` units of an item that must last until `serves_until`."""

    item_id: int
    quantity: int
    serves_until: date


Shelves = Mapping[int, Shelf]
"""What is free and what is promised, by the item's id."""
NONE_KNOWN: Shelves = MappingProxyType({})


def shelves(reader: Reader, item_ids: Iterable[int], today: date, *, for_refill: bool = False) -> dict[int, Shelf]:
    """What is free of the given items and what is promised of them, in one statement.

    What was set aside in a lot that has expired since, or no longer lasts
    long enough, is owed like what is held. Commitments count as promised, but for a refill: refills come before
    new kits, and among refills the one that is due first takes first.
    """
    ids = sorted(set(item_ids))
    if isinstance(reader, Session):
        reader.flush()
    return told(COUNTS[for_refill].run(reader, {"ids": ids, "day": today}), ids)


def told(counts: Iterable[Iterable[Any]], item_ids: Iterable[int] = ()) -> dict[int, Shelf]:
    """The shelves that rows of `statements.SHELVES` tell, and empty ones for the other ids."""
    lots, promised = ({item_id: dict[date, int]() for item_id in item_ids} for _ in range(2))
    for kind, item_id, day, units in counts:
        days = (lots if kind == "lot" else promised).setdefault(item_id, {})
        until = date.fromisoformat(day) if isinstance(day, str) else day
        days[until] = days.get(until, 0) + int(units)
    return {item_id: Shelf(lots.get(item_id, {}), promised.get(item_id, {})) for item_id in {**lots, **promised}}


def how_many(reader: Reader, demands: Sequence[Demand], today: date, known: Shelves = NONE_KNOWN) -> int:
    """How many times all of `demands` together can be met now for a new order; a look without a lock.

    Shelves that are `known`, all of them as of one moment, are not counted again.
    """
    wanted: dict[int, dict[date, int]] = {}
    for demand in demands:
        days = wanted.setdefault(demand.item_id, {})
        days[demand.serves_until] = days.get(demand.serves_until, 0) + demand.quantity
    found = with_known(reader, known, wanted, today)
    return min((found[item].times(units, today) for item, units in wanted.items()), default=0)


def with_known(reader: Reader, known: Shelves, item_ids: Iterable[int], today: date) -> Shelves:
    """The shelves of the given items: those that are known if they are all there, else all counted anew."""
    wanted = set(item_ids)
    return known if wanted <= known.keys() else shelves(reader, wanted, today)


def lock(session: Session, item_ids: Iterable[int]) -> None:
    """Take the items' row locks, in the order that all take them in; held until the unit ends. One statement."""
    if ids := sorted(set(item_ids)):
        session.flush()
        LOCK.run(session, {"ids": ids})


def lock_items(session: Session, order_number: str) -> None:
    """Take the row locks of all the order's items: whatever state they are in, someone may be changing it just now."""
    lock(session, session.scalars(select(Reservation.item_id).where(Reservation.order_number == order_number)))


def reserve(
    session: Session,
    order_number: str,
    demands: Sequence[Demand],
    *,
    today: date,
    now: datetime,
    for_refill: bool = False,
) -> None:
    """Promise all of `demands` to the order or nothing; raises SoldOut. Last in the caller's unit."""
    rows = promised(session, order_number, demands, today=today, now=now, for_refill=for_refill)
    if rows:
        insert_all(session, (Reservation, rows))


def promised(
    session: Session,
    order_number: str,
    demands: Sequence[Demand],
    *,
    today: date,
    now: datetime,
    for_refill: bool = False,
) -> list[dict[str, Any]]:
    """The same as rows of `Reservation` that the caller writes next: the items are locked, and there is enough."""
    lock(session, (demand.item_id for demand in demands))
    _check(session, demands, today, for_refill)
    return [
        {
            "item_id": demand.item_id,
            "order_number": order_number,
            "quantity": demand.quantity,
            "serves_until": demand.serves_until,
            "made_at": now,
        }
        for demand in demands
    ]


def reserve_again(session: Session, order_number: str, *, today: date, now: datetime) -> None:
    """Promise an order once more what was released; raises SoldOut when it is no longer there."""
    lock_items(session, order_number)
    mine = select(Reservation).where(Reservation.order_number == order_number, Reservation.state == RELEASED)
    released = session.scalars(mine.execution_options(populate_existing=True)).all()
    _check(session, [Demand(row.item_id, row.quantity, row.serves_until) for row in released], today, False)
    for row in released:
        row.state, row.made_at = HELD, now
    session.flush()


def prolong(session: Session, order_numbers: Sequence[str], later: timedelta) -> None:
    """What the orders still wait for must last longer: their plan moved by `later`. Flushes.

    Takes no item's lock and may exceed what there is: that shows as a
    shortfall, and packing refuses what no longer lasts.
    """
    mine = select(Reservation).where(
        Reservation.order_number.in_(order_numbers), Reservation.state.in_((HELD, ALLOCATED))
    )
    rows = mine.order_by(Reservation.id).with_for_update().execution_options(populate_existing=True)
    for row in session.scalars(rows):
        row.serves_until += later
    session.flush()


def release(session: Session, order_number: str) -> int:
    """Let go of what is held for the order; returns how many reservations that were."""
    lock_items(session, order_number)  # or someone who is just packing it would take what was let go
    held = update(Reservation).where(Reservation.order_number == order_number, Reservation.state == HELD)
    return session.execute(held.values(state=RELEASED)).rowcount  # type: ignore[attr-defined,no-any-return]


def _check(session: Session, demands: Sequence[Demand], today: date, for_refill: bool) -> None:
    found = shelves(session, (demand.item_id for demand in demands), today, for_refill=for_refill)
    for demand in demands:
        left = found[demand.item_id].available(demand.serves_until, today)
        if left < demand.quantity:
            raise SoldOut("There is not enough left of this.", left)
        found[demand.item_id] = found[demand.item_id].with_promise(demand.serves_until, demand.quantity)

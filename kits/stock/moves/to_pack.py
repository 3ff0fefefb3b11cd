"""What orders wait for: the lots set aside, what is not yet, and what of that the shelf lacks. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.stock.tables import ALLOCATED, HELD, Lot, Reservation


@dataclass(frozen=True)
class SetAside:
    """`units` of a lot that are allocated to an order; `expired` when the lot's last good day has passed since."""

    lot: Lot
    units: int
    expired: bool


@dataclass(frozen=True)
class NotYet:
    """`units` of an item that an order was promised and no lot is allocated to; the shelf lacks `missing` of them."""

    item: Item
    units: int
    until: date
    missing: int = 0


@dataclass
class Waiting:
    """All that one order still waits for."""

    set_aside: list[SetAside] = field(default_factory=list)
    not_yet: list[NotYet] = field(default_factory=list)

    @property
    def lacks(self) -> list[NotYet]:
        """What the lots on the shelf cannot serve."""
        return [row for row in self.not_yet if row.missing]

    @property
    def expired(self) -> list[SetAside]:
        """What was set aside and must not leave any more."""
        return [row for row in self.set_aside if row.expired]


def waiting(session: Session, order_numbers: Sequence[str], today: date) -> dict[str, Waiting]:
    """What each order waits for, in two statements; the shelf is counted as if they were packed in this order."""
    found = {number: Waiting() for number in order_numbers}
    rows = session.execute(_rows(order_numbers)).all()
    for (number, item, lot, until), group in groupby(rows, key=_kind):
        units = sum(row[0].quantity for row in group)
        if lot is None:
            found[number].not_yet.append(NotYet(item, units, until))
        else:
            found[number].set_aside.append(SetAside(lot, units, lot.expires_on < today))
    free = _free(session, {each.item.id for order in found.values() for each in order.not_yet}, today)
    for order in found.values():
        free = _served(order, free, today)
    return found


def _rows(order_numbers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    query = select(Reservation, Item, Lot).join(Item, Item.id == Reservation.item_id)
    mine = query.outerjoin(Lot, Lot.id == Reservation.lot_id).where(
        Reservation.order_number.in_(order_numbers), Reservation.state.in_((HELD, ALLOCATED))
    )
    return mine.order_by(Reservation.order_number, Item.sku, Lot.expires_on, Lot.id, Reservation.serves_until.desc())


def _kind(row: Row[*tuple[Any, ...]]) -> tuple[str, Item, Lot | None, date]:
    """What belongs into one line: a lot of an order, or an item without a lot by the day it must last until."""
    reservation, item, lot = row
    return reservation.order_number, item, lot, date.min if lot else reservation.serves_until


def _free(session: Session, item_ids: set[int], today: date) -> dict[tuple[int, date, int], int]:
    """Free units by (item id, expiry day, lot id), the first to expire first."""
    if not item_ids:
        return {}
    lots = select(Lot.item_id, Lot.expires_on, Lot.id, Lot.free)
    good = lots.where(Lot.item_id.in_(item_ids), Lot.free > 0, Lot.expires_on >= today)
    in_order = session.execute(good.order_by(Lot.expires_on, Lot.id))
    return {(item_id, expires, lot_id): free for item_id, expires, lot_id, free in in_order}


def _served(order: Waiting, free: dict[tuple[int, date, int], int], today: date) -> dict[tuple[int, date, int], int]:
    """What stays free once the order is served; as before when it lacks something, for then it takes nothing."""
    left = dict(free)
    order.not_yet = [replace(row, missing=_take(row, left, today)) for row in order.not_yet]
    return free if order.lacks else left


def _take(row: NotYet, left: dict[tuple[int, date, int], int], today: date) -> int:
    missing = row.units
    for (item_id, expires, lot_id), free in left.items():
        if item_id == row.item.id and expires >= max(row.until, today):
            taken = min(free, missing)
            left[item_id, expires, lot_id] = free - taken
            missing -= taken
    return missing

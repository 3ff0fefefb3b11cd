"""A list of deliveries, checked against what we hold and have ordered, and booked as a whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.tables import Item
from kits.clock import today as day_of
from kits.errors import BadInput
from kits.host import unit
from kits.stock.buying import arrivals, delivery_list, known, purchase_orders
from kits.stock.buying.arrivals import Waiting
from kits.stock.buying.delivery_list import DeliveryRow, Fault
from kits.stock.buying.known import Known
from kits.stock.buying.tables import PurchaseOrder
from kits.stock.ledger import Cause
from kits.stock.moves import receiving
from kits.stock.moves.receiving import Arrival, Delivery
from kits.stock.promises.reservations import lock


@dataclass(frozen=True)
class Preview:
    """A row as it would be booked.

    `on_hand` is what its lot holds now, None for a new lot; `more_of` the line
    above that first names the same new lot; `warnings` are sentences to read
    that keep nobody from booking it.
    """

    row: DeliveryRow
    item_name: str
    on_hand: int | None
    more_of: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """The rows that can be booked, and what is wrong with the others, both by line."""

    previews: tuple[Preview, ...]
    faults: tuple[Fault, ...]

    @property
    def rows(self) -> tuple[DeliveryRow, ...]:
        """The rows that can be booked."""
        return tuple(preview.row for preview in self.previews)

    @property
    def units(self) -> int:
        """Units in them."""
        return sum(row.quantity for row in self.rows)


class FaultyList(BadInput):
    """Nothing of a list was booked; `faults` say why, by line and field."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("file", "Nothing was booked: the list has faults. Correct them, then send it again.")
        self.faults = tuple(faults)


def examine(session: Session, raw: bytes, today: date) -> Checked:
    """Read a list as it was sent and check it: every fault, also those only the database knows."""
    listed = delivery_list.read(raw, today=today)
    checked = check(session, listed.rows, today)
    faults = sorted([*listed.faults, *checked.faults], key=lambda fault: fault.line)
    return Checked(checked.previews, tuple(faults))


def check(session: Session, rows: Sequence[DeliveryRow], today: date) -> Checked:
    """What booking `rows` would do on `today`, the shop's day. Four statements, however many rows there are."""
    facts = known.read(session, rows)
    previews: list[Preview] = []
    faults: list[Fault] = []
    for row in rows:
        wrong = [*_shape(row, today), *facts.faults(row)]
        faults += wrong
        if not wrong:
            previews.append(_preview(facts, row))
    return Checked(tuple(previews), delivery_list.told(faults))


def book_all(rows: Sequence[DeliveryRow], cause: Cause) -> bool:
    """Book every row, or none; False when `cause.key` booked them before. Commits.

    Each movement's key is `key_of` its row. Raises FaultyList, and BadInput at
    `file` when there is no row at all.
    """
    if not rows:
        raise BadInput("file", "There are no deliveries in this list.")
    with unit() as session:
        items = _locked(session, rows)
        if receiving.booked(session, key_of(cause.key, rows[0])):
            return False
        if faults := check(session, rows, day_of(cause.now)).faults:
            raise FaultyList(faults)
        _book(session, rows, items, cause)
        audit.record(
            session, at=cause.now, actor=cause.actor, action="deliveries.imported", subject="stock",
            deliveries=len(rows), units=sum(row.quantity for row in rows),
        )  # fmt: skip
    return True


def key_of(key: str | None, row: DeliveryRow) -> str | None:
    """The key of the movement that a row becomes in a list booked under `key`."""
    return f"{key}:{row.line}" if key else None


def _locked(session: Session, rows: Sequence[DeliveryRow]) -> dict[str, Item]:
    """The items by SKU; their locks and those of the orders are taken."""
    items = session.scalars(select(Item).where(Item.sku.in_({row.sku for row in rows}))).all()
    lock(session, (item.id for item in items))
    orders = select(PurchaseOrder.id).where(PurchaseOrder.number.in_(known.numbers(rows)))
    purchase_orders.lock(session, session.scalars(orders))
    return {item.sku: item for item in items}


def _book(session: Session, rows: Sequence[DeliveryRow], items: dict[str, Item], cause: Cause) -> None:
    @cache
    def waiting(number: str, sku: str) -> Waiting | None:
        return arrivals.waiting_in(session, number, items[sku]) if number else None

    came, arrived = [], Counter[tuple[str, str]]()
    for row in rows:
        ordered = (row.purchase_order.upper(), row.sku)
        mine = replace(cause, key=key_of(cause.key, row))
        came.append(Arrival.of(_delivery(row), items[row.sku], mine, waiting(*ordered)))
        arrived[ordered] += row.quantity
    receiving.shelve(session, came)
    # Counted at the end: an order closes once all of it has come, and further rows may bring more of it.
    for ordered, units in arrived.items():
        if found := waiting(*ordered):
            arrivals.count(session, found, units, cause)


def _shape(row: DeliveryRow, today: date) -> list[Fault]:
    try:
        receiving.check(_delivery(row), today)
    except BadInput as bad:
        return [Fault(row.line, bad.field, bad.message)]
    return []


def _preview(facts: Known, row: DeliveryRow) -> Preview:
    item = facts.items[row.sku]
    lot = facts.lots.get((item.id, row.lot))
    return Preview(
        row=row,
        item_name=item.name,
        on_hand=lot.on_hand if lot else None,
        more_of=None if lot else facts.more_of(row),
        warnings=tuple(facts.warnings(row)),
    )


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(row.sku, row.lot, row.quantity, row.expires, row.supplier, row.purchase_order)

"""What the database knows of the rows in a list of deliveries, read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.stock.buying import arrivals
from kits.stock.buying.delivery_cells import shown
from kits.stock.buying.delivery_list import DeliveryRow, Fault
from kits.stock.buying.tables import OPEN, PurchaseLine, PurchaseOrder
from kits.stock.moves.receiving import being_recalled, expiry_differs
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot


@dataclass(frozen=True)
class KnownItem:
    """An item as the catalogue has it."""

    id: int
    name: str
    retired: bool


@dataclass(frozen=True)
class KnownLot:
    """A lot as it stands."""

    expires_on: date
    on_hand: int
    recalled: bool


@dataclass
class Known:
    """Items by SKU, lots by item and code, states of orders by number, what is outstanding by number and item.

    What rows bring is counted off as they are taken in.
    """

    items: dict[str, KnownItem]
    lots: dict[tuple[int, str], KnownLot]
    orders: dict[str, str]
    outstanding: dict[tuple[str, int], int]
    new_lots: dict[tuple[int, str], int] = field(default_factory=dict)

    def faults(self, row: DeliveryRow) -> Iterator[Fault]:
        """What keeps a row from being booked."""
        item = self.items.get(row.sku)
        if item is None:
            yield Fault(row.line, "sku", f"There is no item {shown(row.sku)}. Give a SKU of the stock page.")
        elif lot := self.lots.get((item.id, row.lot)):
            if lot.recalled:
                yield Fault(row.line, "lot", being_recalled(row.lot))
            if lot.expires_on != row.expires:
                yield Fault(row.line, "expires", expiry_differs(row.lot, lot.expires_on))
        if row.purchase_order:
            yield from (Fault(row.line, "purchase_order", sentence) for sentence in self._order_faults(row, item))

    def more_of(self, row: DeliveryRow) -> int | None:
        """The line above that first names the row's new lot; takes note of this line when there is none."""
        lot = (self.items[row.sku].id, row.lot)
        first = self.new_lots.setdefault(lot, row.line)
        return first if first != row.line else None

    def warnings(self, row: DeliveryRow) -> Iterator[str]:
        """What to know of a row that can be booked; counts it off its order."""
        item = self.items[row.sku]
        if item.retired:
            yield f"{row.sku} is retired: nobody is sent it any more."
        if row.purchase_order:
            ordered = (row.purchase_order.upper(), item.id)
            over = row.quantity - max(0, self.outstanding[ordered])
            self.outstanding[ordered] -= row.quantity
            if over > 0:
                yield f"{over:,} more than {ordered[0]} still waits for."

    def _order_faults(self, row: DeliveryRow, item: KnownItem | None) -> Iterator[str]:
        number = row.purchase_order.upper()
        state = self.orders.get(number)
        if state is None:
            yield arrivals.unknown(number)
        elif state != OPEN:
            yield arrivals.closed(number)
        elif item and (number, item.id) not in self.outstanding:
            yield arrivals.lacking(number, row.sku)


def read(session: Session, rows: Sequence[DeliveryRow]) -> Known:
    """All of it in four statements, however many rows there are."""
    items = select(Item.sku, Item.id, Item.name, Item.retired_at).where(Item.sku.in_({row.sku for row in rows}))
    found = {sku: KnownItem(id_, name, retired is not None) for sku, id_, name, retired in session.execute(items)}
    recalled = exists(Recall).where(Recall.lot_id == Lot.id)
    lots = select(Lot.item_id, Lot.code, Lot.expires_on, Lot.on_hand, recalled).where(
        Lot.item_id.in_([item.id for item in found.values()]), Lot.code.in_({row.lot for row in rows})
    )
    orders = select(PurchaseOrder.number, PurchaseOrder.state).where(PurchaseOrder.number.in_(numbers(rows)))
    return Known(
        items=found,
        lots={(row[0], row[1]): KnownLot(row[2], row[3], row[4]) for row in session.execute(lots)},
        orders={row.number: row.state for row in session.execute(orders)},
        outstanding=_outstanding(session, rows),
    )


def numbers(rows: Sequence[DeliveryRow]) -> set[str]:
    """The numbers of purchase orders that rows name, in capitals."""
    return {row.purchase_order.upper() for row in rows if row.purchase_order}


def _outstanding(session: Session, rows: Sequence[DeliveryRow]) -> dict[tuple[str, int], int]:
    lines = (
        select(PurchaseOrder.number, PurchaseLine.item_id, func.sum(PurchaseLine.quantity - PurchaseLine.received))
        .join(PurchaseLine.order)
        .where(PurchaseOrder.number.in_(numbers(rows)))
        .group_by(PurchaseOrder.number, PurchaseLine.item_id)
    )
    return {(number, item): int(units) for number, item, units in session.execute(lines)}

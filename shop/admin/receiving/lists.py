"""What the pages of buying in list. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from kits.catalogue.tables import Item
from kits.dates import short
from kits.stock.buying.tables import CLOSED, OPEN, PurchaseLine, PurchaseOrder
from kits.stock.tables import Lot, StockMovement

MOST_OPEN = 500
A_PAGE = 50
SPAN = 10_000
"""Among so many movements from its first on, those of a list are looked for."""

Choices = list[tuple[str, str]]


def items(session: Session, *, retired: bool = True) -> Choices:
    """SKU and name of every item, by SKU; without the retired ones if you like."""
    query = select(Item.sku, Item.name, Item.retired_at).order_by(Item.sku)
    found = session.execute(query if retired else query.where(Item.retired_at.is_(None)))
    return [(sku, f"{sku}: {name}{', retired' if gone else ''}") for sku, name, gone in found]


def supplier_of(session: Session, sku: str) -> str:
    """Who usually delivers the item; empty when nobody does."""
    found = session.scalar(select(Item.supplier).where(Item.sku == sku)) if sku.isprintable() else None
    return found or ""


def on_hand(session: Session, item_id: int, today: date) -> int:
    """How many good units of an item there are."""
    total = select(func.sum(Lot.on_hand)).where(Lot.item_id == item_id, Lot.expires_on >= today)
    return int(session.scalar(total) or 0)


def line(session: Session, line_id: int | None) -> PurchaseLine | None:
    """A line of a purchase order with its order."""
    return session.get(PurchaseLine, line_id) if line_id is not None else None


def waiting_lines(session: Session) -> Choices:
    """The lines that open orders still wait for, the first to come first."""
    query = (
        select(PurchaseLine)
        .join(PurchaseLine.order)
        .where(PurchaseOrder.state == OPEN, PurchaseLine.quantity > PurchaseLine.received)
        .options(joinedload(PurchaseLine.order).lazyload(PurchaseOrder.lines))
        .order_by(PurchaseLine.expected_on, PurchaseLine.id)
        .limit(MOST_OPEN)
    )
    return [
        (str(each.id), f"{each.order.number}: {each.outstanding:,} of {each.item.sku}, {short(each.expected_on)}")
        for each in session.scalars(query)
    ]


def open_orders(session: Session) -> list[PurchaseOrder]:
    """The open orders, the first to come first; what waits for nothing stands at the end."""
    found = session.scalars(select(PurchaseOrder).where(PurchaseOrder.state == OPEN).limit(MOST_OPEN)).all()
    return sorted(found, key=lambda order: (next_day(order) or date.max, order.id))


def next_day(order: PurchaseOrder) -> date | None:
    """The first day on which something of the order is still to come."""
    return min((each.expected_on for each in order.lines if each.outstanding), default=None)


def closed_orders(session: Session, *, before: int | None) -> Sequence[PurchaseOrder]:
    """A page of closed orders, the newest first, and one more when there is a next page."""
    query = select(PurchaseOrder).where(PurchaseOrder.state == CLOSED).order_by(PurchaseOrder.id.desc())
    if before is not None:
        query = query.where(PurchaseOrder.id < before)
    return session.scalars(query.limit(A_PAGE + 1)).all()


def of_one_list(session: Session, first: StockMovement) -> list[tuple[StockMovement, Lot]]:
    """The movements that were booked together with `first`, the first of a list, and their lots."""
    query = (
        select(StockMovement, Lot)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.id >= first.id, StockMovement.id < first.id + SPAN)
        .where(StockMovement.at == first.at, StockMovement.actor == first.actor, StockMovement.kind == "receive")
        .order_by(StockMovement.id)
    )
    return [(movement, lot) for movement, lot in session.execute(query)]

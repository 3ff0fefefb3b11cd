"""Movements, the newest first, a page at a time: each page starts below the last id of the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.settings import timezone
from kits.stock.tables import Lot, StockMovement

A_PAGE = 50
Found = tuple[StockMovement, str, str]
"""A movement, its item's SKU, its lot's code."""


@dataclass(frozen=True)
class Wanted:
    """Which movements; empty is all. `actor` is one, or what stands before its colon; days are the shop's."""

    item: str = ""
    kind: str = ""
    actor: str = ""
    order: str = ""
    lot: str = ""
    lot_id: int | None = None
    since: date | None = None
    until: date | None = None


def page(session: Session, wanted: Wanted, *, before: int | None = None, size: int = 0) -> Sequence[Found]:
    """A page of what is wanted, of A_PAGE unless told otherwise, and one more when there is a next page."""
    rows = session.execute(query(session, wanted, before).limit((size or A_PAGE) + 1))
    return [(row[0], row[1], row[2]) for row in rows]


def query(session: Session, wanted: Wanted, before: int | None = None) -> Select[*tuple[Any, ...]]:
    """Movements with SKU and lot code. An item or lot is looked up first, so that its index gives the order."""
    rows = (
        select(StockMovement, Item.sku, Lot.code)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == StockMovement.item_id)
        .order_by(StockMovement.id.desc())
    )
    if before is not None:
        rows = rows.where(StockMovement.id < before)
    return rows.where(*_conditions(session, wanted))


def _conditions(session: Session, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.item:
        item_id = session.scalar(select(Item.id).where(Item.sku == wanted.item))
        yield StockMovement.item_id == (item_id or 0)
    if wanted.kind:
        yield StockMovement.kind == wanted.kind
    if wanted.actor:
        group = StockMovement.actor.startswith(f"{wanted.actor}:", autoescape=True)
        yield or_(StockMovement.actor == wanted.actor, group)
    if wanted.order:
        yield StockMovement.order_number == wanted.order
    if wanted.lot:
        yield StockMovement.lot_id.in_(session.scalars(select(Lot.id).where(Lot.code == wanted.lot)).all())
    if wanted.lot_id is not None:
        yield StockMovement.lot_id == wanted.lot_id
    if wanted.since:
        yield StockMovement.at >= _begin(wanted.since)
    if wanted.until:
        yield StockMovement.at < _begin(wanted.until + timedelta(days=1))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone())

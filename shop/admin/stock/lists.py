"""What the admin's pages about stock list. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.stock.tables import Lot

MOST_LOTS = 200


def lots(session: Session) -> Sequence[Lot]:
    """Lots with something in them, the first to expire first."""
    return session.scalars(select(Lot).where(Lot.on_hand > 0).order_by(Lot.expires_on, Lot.id).limit(MOST_LOTS)).all()


def items(session: Session) -> list[tuple[str, str]]:
    """SKU and name of every item, by SKU."""
    return [(sku, f"{sku}: {name}") for sku, name in session.execute(select(Item.sku, Item.name).order_by(Item.sku))]


def on_hand(session: Session, sku: str, today: date) -> int:
    """How many good units of an item there are."""
    total = select(func.sum(Lot.on_hand)).join(Item, Item.id == Lot.item_id)
    return session.scalar(total.where(Item.sku == sku, Lot.expires_on >= today)) or 0

"""What the admin's pages about stock list. Reads only; each list is short however large the shop is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.errors import NotFound
from kits.stock.tables import Lot

A_PAGE = 50
MOST_COUNTED = 200
LARGEST_ID = 2**53


def mark(given: str) -> int | None:
    """The id that a link goes on from; None for whatever is none."""
    return min(int(given), LARGEST_ID) if given.isdecimal() and len(given) < 20 else None


def lots(session: Session, *, item_id: int | None = None, after: int | None = None) -> Sequence[Lot]:
    """A page of lots with something in them, the first to expire first, and one more when there is a next page.

    `after` is the id of the last lot of the page before.
    """
    query = select(Lot).where(Lot.on_hand > 0).order_by(Lot.expires_on, Lot.id).limit(A_PAGE + 1)
    if item_id is not None:
        query = query.where(Lot.item_id == item_id)
    if after is not None and (last := session.get(Lot, after)):
        query = query.where(tuple_(Lot.expires_on, Lot.id) > tuple_(literal(last.expires_on), literal(last.id)))
    return session.scalars(query).all()


def to_count(session: Session, sku: str) -> Sequence[Lot]:
    """The lots of a stock-take, of one item or of all (""): those with something in them, by item and expiry."""
    query = select(Lot).join(Item, Item.id == Lot.item_id).where(Lot.on_hand > 0)
    if sku:
        query = query.where(Item.sku == sku)
    return session.scalars(query.order_by(Item.sku, Lot.expires_on, Lot.id).limit(MOST_COUNTED + 1)).all()


def these(session: Session, lot_ids: Iterable[int]) -> Sequence[Lot]:
    """The lots with these ids, by item and expiry."""
    query = select(Lot).join(Item, Item.id == Lot.item_id).where(Lot.id.in_(list(lot_ids)))
    return session.scalars(query.order_by(Item.sku, Lot.expires_on, Lot.id)).all()


def lot(session: Session, lot_id: int) -> Lot:
    """The lot with its item; raises NotFound."""
    found = session.get(Lot, lot_id)
    if found is None:
        raise NotFound("There is no such lot.")
    return found


def items(session: Session) -> list[tuple[str, str]]:
    """SKU and name of every item, by SKU."""
    return [(sku, f"{sku}: {name}") for sku, name in session.execute(select(Item.sku, Item.name).order_by(Item.sku))]


def on_hand(session: Session, sku: str, today: date) -> int:
    """How many good units of an item there are."""
    total = select(func.sum(Lot.on_hand)).join(Item, Item.id == Lot.item_id)
    return session.scalar(total.where(Item.sku == sku, Lot.expires_on >= today)) or 0

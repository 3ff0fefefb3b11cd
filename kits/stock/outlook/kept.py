"""Keeping forecasts, and reading the kept ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.errors import NotFound
from kits.stock.outlook.forecast import ItemForecast
from kits.stock.outlook.tables import KeptForecast
from kits.stock.tables import Commitment


def replace_all(session: Session, forecasts: Mapping[int, ItemForecast], now: datetime) -> None:
    """Keep these, by item id, in place of all that were kept. Three statements at most.

    Raises IntegrityError when another does so at the same moment.
    """
    session.execute(delete(KeptForecast).execution_options(synchronize_session=False))
    rows = [{"item_id": item, "made_at": now, "figures": found.as_json()} for item, found in forecasts.items()]
    if rows:
        session.execute(insert(KeptForecast), rows)


def kept_items(session: Session) -> Sequence[KeptForecast]:
    """All that are kept, by SKU, in one statement."""
    return session.scalars(select(KeptForecast).join(KeptForecast.item).order_by(Item.sku)).all()


def kept_item(session: Session, sku: str) -> KeptForecast:
    """The kept one of an item. Raises NotFound."""
    found = session.scalars(select(KeptForecast).join(KeptForecast.item).where(Item.sku == sku)).first()
    if found is None:
        raise NotFound("There is no forecast of such an item. Work it out anew on the forecast's page.")
    return found


def committed_units(session: Session, item_id: int) -> int:
    """How many units are kept back for refills that are charged soon: a part of what its forecast wants."""
    return session.scalar(select(func.sum(Commitment.quantity)).where(Commitment.item_id == item_id)) or 0

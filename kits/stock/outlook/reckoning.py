"""The forecasts of all items at once: what is read for them, and from whom it comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.stock.outlook.forecast import ItemForecast, OrderRule, Wanted, forecast
from kits.stock.outlook.incoming import expected
from kits.stock.promises.availability import Shelf
from kits.stock.promises.reservations import shelves

Demand = Mapping[int, Iterable[Wanted]]
"""What running plans will take, by item id."""


def reckoned_items(
    session: Session, items: Sequence[Item], demand: Demand, today: date
) -> list[tuple[Item, ItemForecast]]:
    """The forecast of each of `items`, in their order; two statements however many there are.

    What orders hold already is wanted today. A retired item is not to be
    ordered, and has no forecast when nothing of it is left or wanted.
    """
    shelf = shelves(session, (item.id for item in items), today, for_refill=True)
    incoming = expected(session)
    found = []
    for item in items:
        wanted = [*_held(shelf[item.id], today), *demand.get(item.id, ())]
        if item.retired_at is None or wanted or any(shelf[item.id].lots.values()):
            rule = OrderRule(item.lead_days, item.safety_stock, item.pack_size)
            year = forecast(shelf[item.id].lots, wanted, incoming.get(item.id, ()), rule, today)
            found.append((item, year if item.retired_at is None else replace(year, order=None)))
    return found


def _held(shelf: Shelf, today: date) -> list[Wanted]:
    return [Wanted(today, until, units) for until, units in shelf.promised.items()]

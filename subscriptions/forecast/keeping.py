"""The forecasts of all items: reckoned anew, and kept for the pages by a duty."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits import host
from kits.catalogue.tables import Item
from kits.clock import today
from kits.stock.outlook.forecast import ItemForecast
from kits.stock.outlook.kept import replace_all
from kits.stock.outlook.reckoning import reckoned_items
from shop.work.timetable import periodic
from subscriptions.forecast.demand import plan_demand


def forecast_all(session: Session, now: datetime) -> list[tuple[Item, ItemForecast]]:
    """Every item with its forecast, by SKU; five statements however many items and plans there are."""
    items = session.scalars(select(Item).order_by(Item.sku)).all()
    return reckoned_items(session, items, plan_demand(session, items, now), today(now))


def keep_forecasts(now: datetime) -> None:
    """Reckon anew and keep that. Commits; call it outside any transaction.

    When another worker does so at the same moment, what that one kept stays.
    """
    host.outside_transaction()
    found = {item.id: forecast for item, forecast in forecast_all(host.session(), now)}
    host.end_reads()
    with suppress(IntegrityError), host.unit() as session:
        replace_all(session, found, now)


FORECAST_DUTY = periodic("forecast", timedelta(minutes=15), keep_forecasts)

"""A duty keeps the forecasts: every quarter of an hour, whole, and one worker's when two do it at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from kits import clock, host
from kits.catalogue.first_kit import ROLLER, SERUM
from kits.catalogue.tables import Item
from kits.stock.outlook.kept import kept_items
from kits.stock.outlook.tables import KeptForecast
from shop.registers import registers
from subscriptions.forecast.keeping import FORECAST_DUTY, keep_forecasts
from tests.journeys.driving import Bought, Driver
from tests.subscriptions.forecast.conftest import Foretell


def kept() -> dict[str, Any]:
    found = {row.item.sku: (row.figures, row.made_at) for row in kept_items(host.session())}
    host.end_reads()
    return found


def test_a_worker_keeps_what_is_reckoned(
    bought: Bought, foretell: Foretell, keep: Callable[[], int], now: datetime
) -> None:
    assert FORECAST_DUTY in registers().duties
    assert keep() == 1
    assert {sku: figures for sku, (figures, _) in kept().items()} == {
        sku: forecast.as_json() for sku, forecast in foretell().items()
    }
    assert {made_at >= now for _, made_at in kept().values()} == {True}


def test_it_is_kept_anew_after_a_quarter_of_an_hour(driver: Driver, keep: Callable[[], int]) -> None:
    assert (keep(), keep()) == (1, 0)
    driver.travel(clock.now() + timedelta(minutes=16), work=False)
    before = kept()[SERUM][1]
    assert (keep(), kept()[SERUM][1] > before, len(kept())) == (1, True, 2)


def test_an_item_that_is_retired_without_stock_is_kept_no_more(kit: str, now: datetime) -> None:
    keep_forecasts(now)
    with host.unit() as session:
        session.scalars(select(Item).where(Item.sku == ROLLER)).one().retired_at = now
    keep_forecasts(now)
    assert set(kept()) == {SERUM}


def test_workers_who_keep_it_at_once_keep_it_once(
    bought: Bought, now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    assert at_once([lambda: keep_forecasts(now)] * 4) == [None] * 4
    assert host.session().scalar(select(func.count()).select_from(KeptForecast)) == 2
    host.end_reads()


def test_a_shop_without_items_keeps_nothing(app: object, now: datetime) -> None:
    keep_forecasts(now)
    assert kept() == {}

"""Plans bought for the forecast, and what is foretold of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kits import clock, host
from kits.stock.outlook.forecast import ItemForecast
from shop.work import duties
from subscriptions.forecast.keeping import FORECAST_DUTY, forecast_all
from tests.journeys.driving import Driver
from tests.shop.admin.conftest import Staff, staff  # noqa: F401

Foretell = Callable[[], dict[str, ItemForecast]]


@pytest.fixture
def foretell(stocked: str) -> Foretell:
    """`foretell()[sku]`: the forecast of an item as it is reckoned now."""

    def reckoned() -> dict[str, ItemForecast]:
        found = {item.sku: forecast for item, forecast in forecast_all(host.session(), clock.now())}
        host.end_reads()
        return found

    return reckoned


@pytest.fixture
def keep(stocked: str) -> Callable[[], int]:
    """`keep()` works the forecast's duty if it is its turn; how often it was."""
    return lambda: duties.run_once([FORECAST_DUTY])


@pytest.fixture
def runs_out(driver: Driver) -> date:
    """Plans want more serum than there is; the day it runs out."""
    plans = [driver.buy(quantity=4) for _ in range(2)]
    return driver.refill(plans[0], number=2).charge_on


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def wanted(forecast: ItemForecast) -> dict[date, int]:
    """Units wanted by week, those without left out."""
    return {week.week_of: week.wanted for week in forecast.weeks if week.wanted}


def reads(statements: list[str]) -> list[str]:
    """The SELECTs among them, but for the demo clock's."""
    return [each for each in statements if each.startswith("SELECT") and "kits_demo_clock" not in each]

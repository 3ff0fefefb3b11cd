"""Fixtures that drive whole journeys through the real use cases, with the sandbox as gateway.

`buy(sessions=10, every_weeks=4, quantity=1, refills=True, email="", card=…)` orders from today and pays: a `Bought`.
`travel(day_or_moment, work=True)` moves both clocks forward and works what is due then.
`driver` has these and the rest: `order`, `page`, `pay`, `work`, `until_due`, `refill`, `refills`, `charges`, …
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.journeys.driving import Bought, Driver
from tests.servers.sandbox import Sandbox
from tests.shop.work.conftest import smtp  # noqa: F401


@pytest.fixture
def driver(stocked: str, sandbox: Sandbox) -> Driver:
    """Drives the shop, stocked with 20 of each item. See tests/journeys/driving.py."""
    return Driver(stocked, sandbox)


@pytest.fixture
def buy(driver: Driver) -> Callable[..., Bought]:
    """`buy()` orders a kit with refills from today on and pays for it."""
    return driver.buy


@pytest.fixture
def travel(driver: Driver) -> Callable[..., datetime]:
    """`travel(to)` lets time pass until a day (nine o'clock) or a moment, and works what is due then."""
    return driver.travel

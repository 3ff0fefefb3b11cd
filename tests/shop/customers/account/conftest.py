"""Ada signed in, with an address in her book; her plans bought by driving the real use cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from kits import host
from shop.customers import addresses
from shop.customers.tables import SavedAddress
from tests.journeys.conftest import buy, driver, travel  # noqa: F401

HOME = {"name": "Ada", "line1": "1 Garden Row", "line2": "", "city": "London", "postcode": "SE1 6HA", "country": "GB"}
WORK = {**HOME, "line1": "2 Mill Lane", "city": "Leeds", "postcode": "LS1 1AA"}


@pytest.fixture
def home_address(ada: int, now: datetime) -> int:
    """The id of the one address in Ada's book."""
    addresses.add(ada, HOME, now=now)
    return ids()[-1]


@pytest.fixture
def streets(ada: int) -> Callable[[], list[str]]:
    """The streets in Ada's book, in its order."""

    def read() -> list[str]:
        found = [each.line1 for each in addresses.book(host.session(), ada)]
        host.end_reads()
        return found

    return read


def ids() -> list[int]:
    """The ids of all addresses, removed ones, too."""
    found = list(host.session().scalars(select(SavedAddress.id).order_by(SavedAddress.id)))
    host.end_reads()
    return found

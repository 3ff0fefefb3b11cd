"""A lot that orders received, and its recall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from kits import host
from kits.stock.ledger import Cause
from kits.stock.moves import packing
from kits.stock.recall.recall import Begun, recall
from kits.stock.tables import Lot

Recalled = Callable[..., Begun]


@pytest.fixture
def lot_id(items: tuple[int, int], put: Callable[..., None]) -> Callable[[str], int]:
    """`lot_id("BAD")`: two lots of item A are there, BAD (10, 30 days) and GOOD (10, 60 days)."""
    put("A", 10, days=30, lot="BAD")
    put("A", 10, days=60, lot="GOOD")

    def of(code: str) -> int:
        found = host.session().scalars(select(Lot.id).where(Lot.code == code)).one()
        host.end_reads()
        return found

    return of


@pytest.fixture
def ship(promise: Callable[..., None], items: tuple[int, int], now: datetime) -> Callable[..., None]:
    """`ship("R-1", 2)` sends two units of A, of the lot that expires first."""

    def send(order: str, units: int, *, days: int = 0) -> None:
        promise(order, (items[0], units, 5))
        with host.unit() as session:
            packing.ship(session, order, Cause("staff:1", now + timedelta(days=days)))

    return send


@pytest.fixture
def recalled(lot_id: Callable[[str], int], now: datetime) -> Recalled:
    """`recalled("BAD")` begins the recall of a lot."""

    def begin(code: str, message: str = "Take it back.", reason: str = "cloudy") -> Begun:
        lot = lot_id(code)
        with host.unit() as session:
            return recall(session, lot, message, Cause("staff:1", now, reason))

    return begin

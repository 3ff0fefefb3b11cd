"""A step of packing at a time; after each test the balances are what the ledger adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kits import host
from kits.stock import proof
from kits.stock.ledger import Cause
from tests.kits.stock.moves.looking import Do


@pytest.fixture(autouse=True)
def _balances_agree(items: tuple[int, int]) -> Iterator[None]:
    """After each of these tests the balances are what the ledger adds up to."""
    yield
    host.end_reads()
    assert proof.disagreements(host.session()) == []


@pytest.fixture
def do(now: datetime) -> Do:
    """`do(packing.ship, "R-1", days=3)`: a step of packing in a unit of its own, some days from now."""

    def step(
        what: Callable[..., Any],
        order: str,
        *more: Any,
        days: int = 0,
        reason: str = "",
        key: str | None = None,
        **named: Any,
    ) -> Any:
        cause = Cause("staff:1", now + timedelta(days=days), reason, key=key)
        with host.unit() as session:
            return what(session, order, *more, cause=cause, **named)

    return step

"""A stock that crosses its marks, and what the owner is told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import host
from kits.catalogue.first_kit import SERUM
from kits.catalogue.tables import Item
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.promises.commitments import commit_to
from kits.stock.promises.reservations import Demand
from shop.stock.alerts import look_after_stock
from shop.stock.tables import StockAlert
from shop.work.outbox import OutboxMail
from tests.shop.admin.conftest import Staff, paid, placed, staff  # noqa: F401

OWNER = "owner@example.org"


@pytest.fixture
def look(app: Flask, now: datetime) -> Callable[..., None]:
    """`look(minutes=5)` looks after the stock, so long after the test began."""
    return lambda minutes=0.0: look_after_stock(now + timedelta(minutes=minutes))


@pytest.fixture
def told(app: Flask) -> Callable[[], list[str]]:
    """The texts of the mails to the owner, the oldest first."""

    def texts() -> list[str]:
        found = list(
            host.session().scalars(select(OutboxMail.text).where(OutboxMail.to == OWNER).order_by(OutboxMail.id))
        )
        host.end_reads()
        return found

    return texts


@pytest.fixture
def commit(stocked: str, now: datetime, today: date) -> Callable[[int], None]:
    """`commit(15)` keeps so many serums back for refills, in place of what was."""

    def keep_back(units: int) -> None:
        with host.unit() as session:
            item = session.scalars(select(Item.id).where(Item.sku == SERUM)).one()
            demands = [Demand(item, units, today)] if units else []
            commit_to(session, "refill 1", demands, wanted_on=today, now=now)

    return keep_back


@pytest.fixture
def deliver(kit: str, now: datetime, today: date) -> Callable[..., None]:
    """`deliver("LOT", 5, days=30)` receives serum that is good for so many days."""
    return lambda code, units, days: receive(
        Delivery(SERUM, code, units, today + timedelta(days=days)), Cause("command", now)
    )


@pytest.fixture
def plenty(stocked: str) -> None:
    """No item is ever low."""
    set_marks(low_at=0)


def set_marks(**values: Any) -> None:
    with host.unit() as session:
        session.execute(update(Item).values(**values))


def alerts() -> dict[tuple[str, str], tuple[bool, int]]:
    """By kind and subject: whether it stands, and how often it was raised."""
    found = host.session().scalars(select(StockAlert)).all()
    plain = {(row.kind, row.subject): (row.cleared_at is None, row.times) for row in found}
    host.end_reads()
    return plain

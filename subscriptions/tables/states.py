"""The states of plans and of refills."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

ACTIVE, ENDED = "active", "ended"
SCHEDULED, NOTIFIED, WAITING, CHARGING = "scheduled", "notified", "waiting_for_stock", "charging"
DECLINED, NEEDS_CUSTOMER = "declined", "needs_customer"
PAID, SHIPPED, DROPPED, CANCELLED = "paid", "shipped", "dropped", "cancelled"
UNORDERED = "state IN ('scheduled', 'notified', 'waiting_for_stock') AND order_id IS NULL"
OPEN = (SCHEDULED, NOTIFIED, WAITING, CHARGING, DECLINED, NEEDS_CUSTOMER)
TO_COME = (SCHEDULED, NOTIFIED, WAITING)
UNCLAIMED = (*TO_COME, DECLINED)
UNPAID = (DECLINED, NEEDS_CUSTOMER)
"""Ordered, and declined at least once."""


def where(condition: str) -> dict[str, Any]:
    """An index over those rows alone."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}

"""An order as a caller of the API writes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from kits import host

Body = dict[str, Any]
ORDERS = "/api/v1/orders"


def count(table: type[Any]) -> int:
    try:
        return host.session().scalar(select(func.count()).select_from(table)) or 0
    finally:
        host.end_reads()


@pytest.fixture
def body(stocked: str, today: date) -> dict[str, Any]:
    """The body of an order for one kit without refills, to be changed by the test."""
    return {
        "email": "ada@example.org",
        "name": "Ada Lovelace",
        "address": {"line1": "1 High Street", "city": "London", "postcode": "N1 1AA", "country": "GB"},
        "lines": [
            {
                "kit": stocked,
                "quantity": 1,
                "plan": {"sessions": 10, "every_weeks": 4, "start": today.isoformat()},
                "refills": False,
            }
        ],
        "acknowledgement": {"version": "1", "accepted": True},
    }

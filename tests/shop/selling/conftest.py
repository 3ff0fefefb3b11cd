"""Rows of the shipping table and discount codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import host
from shop.selling.tables import DiscountCode, ShippingMethod, ShippingRate, ShippingZone


def a_zone(session: Session, name: str, countries: list[str], **methods: Sequence[tuple[int, int]]) -> None:
    """A zone and its methods in their order, each with pairs of the most grams and what that costs."""
    made = [
        ShippingMethod(
            code=code, name=code.title(), days_least=1, days_most=3, position=position,
            rates=[ShippingRate(up_to_g=up_to, amount=amount) for up_to, amount in rates],
        )
        for position, (code, rates) in enumerate(methods.items())
    ]  # fmt: skip
    session.add(ShippingZone(name=name, countries=countries, methods=made))
    session.flush()


@pytest.fixture
def code(app: object, now: datetime) -> Callable[..., str]:
    """`code("TEN", percent=10, most_uses=1)` makes a code that is valid since yesterday."""

    def make(name: str, **values: Any) -> str:
        given = {"valid_from": now - timedelta(days=1), **values}
        with host.unit() as session:
            session.add(DiscountCode(code=name, **given))
        return name

    return make


def uses(code: str) -> int:
    """How many orders hold the code."""
    try:
        return host.session().scalars(select(DiscountCode.uses).where(DiscountCode.code == code)).one()
    finally:
        host.end_reads()

"""Rows of the shipping table, discount codes, and another kit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import clock, host
from kits.catalogue import notice
from kits.catalogue.tables import Item, Kit, KitComponent, Price
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


def second_kit(now: datetime) -> str:
    """Another kit of the same roller, with a notice of its own; its slug."""
    with host.unit() as session:
        roller = session.scalars(select(Item).where(Item.sku == "ROLLER-025")).one()
        limits = {"min_sessions": 6, "max_sessions": 10, "min_weeks": 2, "max_weeks": 4}
        kit = Kit(slug="roller-kit", name="Roller kit", summary="", description="", needle_um=250, **limits)
        kit.components.append(KitComponent(item=roller, in_kit=1, in_refill=0))
        session.add(kit)
        session.flush()
        for kind in ("kit", "refill"):
            session.add(Price(kit_id=kit.id, kind=kind, amount=3000, currency="GBP", valid_from=now))
        for text in ("Do not use it.", "Do not use it on wounds."):
            notice.add(session, kit.id, text, clock.today(now))
    return "roller-kit"

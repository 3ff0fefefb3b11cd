"""A crowd of buyers at one moment: their baskets, what they type, and what is promised to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from kits import host
from kits.catalogue.tables import Item
from kits.stock.tables import Reservation
from tests.journeys.pages import Person
from tests.journeys.shopping import ADA, put_in_the_basket
from tests.servers.ground import ServedShop

BUYERS = 100

Basket = Sequence[str]
"""Slugs of kits, a line each, in the order of the lines."""


def held() -> dict[str, int]:
    """How many units of each item are promised to orders."""
    promised = (
        select(Item.sku, func.sum(Reservation.quantity))
        .join(Item, Item.id == Reservation.item_id)
        .where(Reservation.state == "held")
        .group_by(Item.sku)
    )
    try:
        return {sku: int(units) for sku, units in host.session().execute(promised)}
    finally:
        host.end_reads()


def with_full_baskets(served: ServedShop, baskets: Sequence[Basket], start: date) -> list[Person]:
    """A person for each basket, each of whom filled it: two with one cookie would be one visitor, who buys once."""
    people = [Person(served.url) for _ in baskets]
    for person, basket in zip(people, baskets, strict=True):
        for kit in basket:
            put_in_the_basket(person, kit, start)
    return people


def buyer(number: int) -> dict[str, str]:
    """What the `number`-th buyer types."""
    return ADA | {"email": f"buyer{number}@example.org"}

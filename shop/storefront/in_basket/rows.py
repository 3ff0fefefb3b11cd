"""The lines of the basket as they stand today: priced, drawn, counted, and what has changed since they were put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kits import clock
from kits.catalogue import offers
from kits.catalogue.kits import PricedKit
from kits.catalogue.plan_line import PlanLine, plan_line
from kits.errors import BadInput, NotFound
from kits.host import aside
from kits.money import Money
from shop.orders.basket import PricedLine, Wish, offer_of, price
from shop.orders.demands import short
from shop.storefront import kept
from shop.storefront.kept import Put


@dataclass(frozen=True)
class Change:
    """What is otherwise than when a line was put in: the old price and today's, of one and of each of its refills."""

    unit: tuple[Money, Money] | None
    refill: tuple[Money, Money] | None


@dataclass(frozen=True)
class Row:
    """A line of the basket, or with the sentence that says why it cannot be bought as it is.

    `place` counts from 1. `lacking`: stock cannot meet it.
    """

    place: int
    wish: Wish
    offer: PricedKit | None = None
    priced: PricedLine | None = None
    problem: str = ""
    change: Change | None = None
    lacking: bool = False

    @property
    def key(self) -> str:
        """What its forms name it by."""
        return kept.key_of(self.wish)

    @property
    def line(self) -> PlanLine | None:
        """Its plan as a drawing; None for a loose box and for what has no price."""
        return plan_line(self.priced.plan) if self.priced and not self.priced.loose else None

    @property
    def title(self) -> str:
        """What it is called."""
        if self.offer is None:
            return "A kit that is no longer sold"
        return f"Refill box for the {self.offer.kit.name}" if self.wish.loose else self.offer.kit.name

    @property
    def values(self) -> dict[str, str]:
        """What its forms are filled in with, by the ids of their fields."""
        wish = self.wish
        of_plan = {"sessions": wish.sessions, "every_weeks": wish.every_weeks, "start": wish.start}
        asked = {**of_plan, "quantity": wish.quantity, "refills": int(wish.refills)}
        return {f"{name}-{self.place}": str(value) for name, value in asked.items()}


def changes(lines: Sequence[PricedLine]) -> list[Change | None]:
    """For each line of the whole basket, in its order, what its prices are otherwise than when it was put in."""
    return [_change(put, line) for put, line in zip(kept.puts(), lines, strict=True)]


def rows(puts: Sequence[Put], now: datetime) -> list[Row]:
    """Lines as they stand now, in two statements however many they are."""
    if not puts:
        return []
    with aside() as look:
        known = offers.by_slugs(look, [put.wish.kit for put in puts], now)
        found = [_row(place, put, known, now) for place, put in enumerate(puts, 1)]
        sold = [row for row in found if row.priced]
        lacking = short(look, [row.priced for row in sold if row.priced], clock.today(now))
    gone = {row.place for place, row in enumerate(sold) if place in lacking}
    return [replace(row, lacking=row.place in gone) for row in found]


def _row(place: int, put: Put, known: Mapping[str, PricedKit], now: datetime) -> Row:
    try:
        line = price(offer_of(known, put.wish.kit), put.wish, now)
    except (BadInput, NotFound) as error:
        return Row(place, put.wish, known.get(put.wish.kit), problem=str(error))
    return Row(place, put.wish, line.offer, line, change=_change(put, line))


def _change(put: Put, line: PricedLine) -> Change | None:
    unit = _otherwise(put.unit, line.unit)
    refill = _otherwise(put.refill, line.offer.refill_price) if line.refills else None
    return Change(unit, refill) if unit or refill else None


def _otherwise(before: int | None, now: Money) -> tuple[Money, Money] | None:
    return None if before in (None, now.amount) else (Money(before or 0, now.currency), now)

"""Ways of sending and what each costs, by zone and weight. Without a table: free, within the United Kingdom."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kits.errors import BadInput
from kits.reads import Found
from shop.selling.tables import ShippingMethod, ShippingRate, ShippingZone

HEAVIEST = 30_000
"""Grams that the built-in way takes; more than any basket holds."""


@dataclass(frozen=True)
class Way:
    """A method as it is offered for a parcel: `amount` in minor units, VAT included."""

    code: str
    name: str
    amount: int


@dataclass(frozen=True)
class Method:
    """A method with its rates: pairs of the most grams and what that costs, the lightest first."""

    code: str
    name: str
    rates: tuple[tuple[int, int], ...]

    def way(self, grams: int) -> Way | None:
        """How a parcel of this weight goes by it; None when it is too heavy."""
        amount = next((amount for up_to, amount in self.rates if grams <= up_to), None)
        return None if amount is None else Way(self.code, self.name, amount)


@dataclass(frozen=True)
class Zone:
    """Countries that are served alike, and the methods there in the order they are shown."""

    name: str
    countries: tuple[str, ...]
    methods: tuple[Method, ...]


BUILT_IN = (
    Zone(
        "United Kingdom", ("GB",), (Method("standard", "Tracked, 2 to 3 working days", rates=((HEAVIEST, 0),)),)
    ),
)  # fmt: skip


def reads() -> dict[str, Select[*tuple[Any, ...]]]:
    """The reads, for `kits.reads.together`."""
    method = (ShippingMethod.id, ShippingMethod.zone_id, ShippingMethod.position)
    return {
        "zone": select(ShippingZone.id, ShippingZone.name, ShippingZone.countries),
        "method": select(*method, ShippingMethod.code, ShippingMethod.name).where(ShippingMethod.active),
        "rate": select(ShippingRate.method_id, ShippingRate.up_to_g, ShippingRate.amount),
    }


def zones(found: Found) -> tuple[Zone, ...]:
    """The shipping table; the built-in one while there is none."""
    rates: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for method_id, up_to, amount in sorted(found.get("rate", ())):
        rates[method_id].append((up_to, amount))
    methods: dict[int, list[Method]] = defaultdict(list)
    for method_id, zone_id, _, code, name in sorted(found.get("method", ()), key=lambda row: (row[2], row[0])):
        methods[zone_id].append(Method(code, name, tuple(rates[method_id])))
    rows = sorted(found.get("zone", ()))
    return tuple(Zone(name, _codes(codes), tuple(methods[zone])) for zone, name, codes in rows) or BUILT_IN


def countries(table: Sequence[Zone]) -> list[str]:
    """The codes of all countries we deliver to, the United Kingdom first."""
    codes = dict.fromkeys(code for zone in table for code in zone.countries)
    return sorted(codes, key=lambda code: (code != "GB", code))


def ways(table: Sequence[Zone], country: str, grams: int) -> list[Way]:
    """How a parcel of so many grams can go there, in the order shown.

    Raises BadInput at `country` where we do not deliver, at `shipping` when no method takes the weight.
    """
    zone = next((zone for zone in table if country in zone.countries), None)
    if zone is None:
        raise BadInput("country", f"We deliver to: {', '.join(countries(table))}.")
    found = [way for method in zone.methods if (way := method.way(grams))]
    if not found:
        raise BadInput("shipping", "No parcel there takes as much as this. Choose fewer kits or boxes.")
    return found


def cheapest(offered: Sequence[Way]) -> Way:
    """The cheapest of them, the first shown where two cost the same."""
    return min(offered, key=lambda way: way.amount)


def chosen(offered: Sequence[Way], code: str | None) -> Way:
    """The way with this code, without one the cheapest; raises BadInput at `shipping` for another."""
    if not code:
        return cheapest(offered)
    found = next((way for way in offered if way.code == code), None)
    if found is None:
        known = "; ".join(f"{way.name} ({way.code})" for way in offered)
        raise BadInput("shipping", f"Choose one of these: {known}.")
    return found


def plant(session: Session) -> None:
    """The table of a new shop: tracked delivery for nothing, the next working day for 3.95. Flushes."""
    standard = ShippingMethod(
        code="standard", name="Tracked, 2 to 3 working days", days_least=2, days_most=3, position=1,
        rates=[ShippingRate(up_to_g=HEAVIEST, amount=0)],
    )  # fmt: skip
    express = ShippingMethod(
        code="express", name="Next working day", days_least=1, days_most=1, position=2,
        rates=[ShippingRate(up_to_g=HEAVIEST, amount=395)],
    )  # fmt: skip
    session.add(ShippingZone(name="United Kingdom", countries=["GB"], methods=[standard, express]))
    session.flush()


def _codes(told: Any) -> tuple[str, ...]:
    # SQLite keeps JSON as text, and tells it as a text within the row's own.
    return tuple(json.loads(told) if isinstance(told, str) else told)

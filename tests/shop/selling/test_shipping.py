"""The shipping table: which ways there are to a country for a weight, and what each costs."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from kits import host
from kits.errors import BadInput
from shop.selling import rules, shipping
from shop.selling.shipping import Way, Zone
from shop.selling.tables import ShippingMethod
from tests.shop.selling.conftest import a_zone


def table() -> tuple[Zone, ...]:
    try:
        return rules.read(host.session()).zones
    finally:
        host.end_reads()


def test_an_empty_table_sends_within_the_united_kingdom_for_nothing(app: Flask) -> None:
    assert shipping.countries(table()) == ["GB"]
    assert shipping.ways(table(), "GB", 13_500) == [Way("standard", "Tracked, 2 to 3 working days", 0)]


def test_a_planted_table_is_that_and_a_quicker_way(app: Flask) -> None:
    with host.unit() as session:
        shipping.plant(session)
    assert [(way.code, way.amount) for way in shipping.ways(table(), "GB", 270)] == [("standard", 0), ("express", 395)]


def test_a_parcel_costs_what_the_lightest_rate_for_it_says(app: Flask) -> None:
    with host.unit() as session:
        a_zone(session, "Home", ["GB"], post=[(500, 300), (100, 200)], van=[(9000, 700)])
    found = table()
    costs = {grams: [way.amount for way in shipping.ways(found, "GB", grams)] for grams in (100, 101, 500, 501)}
    assert costs == {100: [200, 700], 101: [300, 700], 500: [300, 700], 501: [700]}
    with pytest.raises(BadInput) as refused:
        shipping.ways(found, "GB", 9001)
    assert refused.value.field == "shipping"


def test_countries_stand_in_zones_and_home_comes_first(app: Flask) -> None:
    with host.unit() as session:
        a_zone(session, "Isles", ["IE", "IM"], boat=[(1000, 900)])
        a_zone(session, "Home", ["GB"], post=[(1000, 0)])
    assert shipping.countries(table()) == ["GB", "IE", "IM"]
    assert shipping.ways(table(), "IM", 5)[0].code == "boat"
    with pytest.raises(BadInput, match="We deliver to: GB, IE, IM") as refused:
        shipping.ways(table(), "FR", 5)
    assert refused.value.field == "country"


def test_a_method_that_is_switched_off_is_not_offered(app: Flask) -> None:
    with host.unit() as session:
        shipping.plant(session)
        session.execute(update(ShippingMethod).where(ShippingMethod.code == "standard").values(active=False))
    assert [way.code for way in shipping.ways(table(), "GB", 5)] == ["express"]


def test_without_a_wish_the_cheapest_is_taken_and_of_two_the_one_shown_first() -> None:
    ways = [Way("b", "B", 300), Way("a", "A", 200), Way("c", "C", 200)]
    assert shipping.chosen(ways, None).code == "a"
    assert shipping.chosen(ways, "b").code == "b"
    with pytest.raises(BadInput, match=r"B \(b\); A \(a\); C \(c\)"):
        shipping.chosen(ways, "owl")

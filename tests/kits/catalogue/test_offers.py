"""What is bought, read in one statement: the same as what the look-ups of the kit's page say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import host
from kits.catalogue import first_kit, notice, offers
from kits.catalogue.kits import PricedKit, kit_by_slug
from kits.catalogue.retiring import in_force
from kits.catalogue.tables import Item, Kit, Price
from kits.money import Money
from tests.bench.statements import counted


def look(slugs: list[str], now: datetime) -> Mapping[str, PricedKit]:
    return offers.by_slugs(host.session(), slugs, now)


def test_it_says_what_the_look_up_says(kit: str, now: datetime) -> None:
    assert look([kit], now) == {kit: kit_by_slug(host.session(), kit, now)}
    assert look([kit], now)[kit].loose_price == Money(first_kit.LOOSE_PRICE, "GBP")


def test_it_takes_one_statement_and_leaves_nothing_to_be_written(kit: str, now: datetime, today: date) -> None:
    with counted(host.engine()) as statements:
        look([kit, "no-such-kit"], now)
    assert len([each for each in statements if each.startswith("SELECT")]) == 1
    assert not host.session().new
    assert not host.session().dirty


def test_the_price_and_the_notice_of_the_moment_count(kit: str, now: datetime, today: date) -> None:
    with host.unit() as session:
        kit_id = session.scalars(select(Kit.id)).one()
        for days, amount in ((1, 9900), (-1, 9500)):
            since = now + timedelta(days=days)
            session.add(Price(kit_id=kit_id, kind="kit", amount=amount, currency="GBP", valid_from=since))
        notice.add(session, kit_id, "Not for children.", today)
        notice.add(session, kit_id, "Not for pets.", today + timedelta(days=1))
        gone = notice.add(session, kit_id, "Not for anyone.", today)
        gone.withdrawn_at = now
    found = look([kit], now)[kit]
    assert found.price == Money(9500, "GBP")
    assert found.notice is not None
    assert (found.notice.version, found.notice.text.strip()) == ("2", "Not for children.")


@pytest.mark.parametrize("slug", ["no-such-kit", "a\x00b", ""])
def test_what_is_no_kit_is_not_found(kit: str, now: datetime, today: date, slug: str) -> None:
    assert look([slug], now) == {}


def test_a_kit_that_is_not_sold_is_not_found(kit: str, now: datetime, today: date, app: Flask) -> None:
    app.config["SHOP_NEEDLE_LIMIT_UM"] = 100
    assert look([kit], now) == {}
    app.config["SHOP_NEEDLE_LIMIT_UM"] = 500
    assert list(look([kit], now)) == [kit]
    host.end_reads()
    with host.unit() as session:
        session.execute(update(Kit).values(published=False))
    assert look([kit], now) == {}


def test_of_a_retired_part_its_successor_is_sent(kit: str, now: datetime, today: date) -> None:
    with host.unit() as session:
        serum = session.scalars(select(Item).where(Item.sku == first_kit.SERUM)).one()
        serum.retired_at, serum.successor = now, Item(sku="SERUM-NEW", name="Serum, new", weight_g=200)
    found = look([kit], now)
    assert found == {kit: kit_by_slug(host.session(), kit, now)}
    parts = {part.item.sku: in_force(part.item).sku for part in found[kit].kit.components}
    assert parts == {first_kit.ROLLER: first_kit.ROLLER, first_kit.SERUM: "SERUM-NEW"}

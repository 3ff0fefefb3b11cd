"""What seldom changes is remembered, and never out of date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Alias, select, text, update
from sqlalchemy.sql.util import find_tables

from kits import host
from kits.catalogue import offers
from kits.catalogue.kits import ITEM, PricedKit
from kits.catalogue.tables import Kit, Price
from kits.stock.promises import looks
from shop.owner import facts, pages
from shop.selling import rules, shipping
from tests.bench.statements import counted

STEADY = {**offers.reads(), "fact": facts.READ, "terms": pages.newest("terms"), **shipping.reads()}
"""Every read that pages remember."""
MARK = "SELECT mark FROM kits_revision"


def look(kit: str, now: datetime) -> PricedKit:
    """As a page looks: beside any transaction."""
    with host.aside() as reader:
        return offers.by_slugs(reader, [kit], now)[kit]


def write(statement: str) -> None:
    """As anyone may who has the database."""
    with host.engine().begin() as connection:
        connection.execute(text(statement))


def mark() -> str:
    with host.engine().connect() as connection:
        return str(connection.execute(text(MARK)).scalar_one())


def test_a_second_look_asks_only_whether_anything_has_changed(kit: str, now: datetime) -> None:
    first = look(kit, now)
    with counted(host.engine()) as statements:
        assert look(kit, now + timedelta(minutes=1)) is first
    assert len(statements) == 1
    assert "kits_kit" not in statements[0]


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("UPDATE kits_kit SET name = 'Another'", "name"),
        ("UPDATE kits_price SET amount = 1", "price"),
        ("UPDATE kits_notice SET withdrawn_at = '2020-01-02'", "notice"),
        ("UPDATE kits_item SET name = 'Another' WHERE sku = 'SERUM-3M'", "item"),
        ("DELETE FROM kits_price WHERE kind = 'loose'", "loose price"),
        ("UPDATE kits_kit_component SET in_refill = 2 WHERE in_refill = 1", "part"),
    ],
)
def test_what_anyone_writes_is_seen_by_the_next_look(kit: str, now: datetime, written: str, what: str) -> None:
    first = look(kit, now)
    write(written)
    assert look(kit, now) != first, what


def test_a_price_that_was_rolled_back_was_never_seen(kit: str, now: datetime) -> None:
    first = look(kit, now)
    session = host.session()
    session.execute(update(Price).values(amount=1))
    assert offers.by_slugs(session, [kit], now)[kit].price.amount == 1
    session.rollback()
    assert look(kit, now) == first
    write("UPDATE kits_price SET amount = 2")
    assert look(kit, now).price.amount == 2


def test_a_price_comes_into_force_without_a_write(kit: str, now: datetime) -> None:
    with host.unit() as session:
        [kit_id] = session.scalars(select(Kit.id))
        for hours, amount in ((1, 9100), (2, 9200)):
            since = now + timedelta(hours=hours)
            session.add(Price(kit_id=kit_id, kind="kit", amount=amount, currency="GBP", valid_from=since))
    first = look(kit, now).price
    told = [look(kit, now + timedelta(minutes=minutes)).price.amount for minutes in (59, 60, 61, 119, 120)]
    assert told == [first.amount, 9100, 9100, 9100, 9200]
    assert look(kit, now).price == first, "a look as of an earlier time"


def test_a_notice_comes_into_force_with_its_day(kit: str, now: datetime, today: date) -> None:
    first = look(kit, now).notice
    tomorrow = today + timedelta(days=1)
    write(
        "INSERT INTO kits_notice (kit_id, version, text, sha256, effective_from) "
        f"SELECT kit_id, 'next', 'Ask first.', 'x', '{tomorrow}' FROM kits_notice"
    )
    assert look(kit, now).notice == first
    found = look(kit, now + timedelta(days=1)).notice
    assert found is not None
    assert found.version == "next"


def test_an_order_changes_nothing_of_the_catalogue(kit: str) -> None:
    before = mark()
    write("UPDATE kits_item SET claims = claims + 1, low_at = 3")
    assert mark() == before


def test_the_shelves_are_counted_by_every_look(kit: str, now: datetime) -> None:
    def units() -> dict[int, int]:
        with host.aside() as reader:
            found = looks.look(reader, looks.ALONE, [kit])
        return {item: sum(shelf.lots.values()) for item, shelf in found.shelves.items()}

    assert set(units().values()) == {0}
    write(
        "INSERT INTO kits_lot (item_id, code, supplier, received_at, expires_on, on_hand, allocated, quarantined) "
        "SELECT id, 'L', '', '2026-01-01', '2040-01-01', 7, 0, 0 FROM kits_item"
    )
    assert set(units().values()) == {7}


def test_what_the_owner_writes_is_seen_by_the_next_order(app: Flask) -> None:
    with host.aside() as reader:
        first = rules.read(reader)
        assert rules.read(reader) is first
    for written in (
        "INSERT INTO shop_fact (name, value, changed_at) VALUES ('vat_number', 'GB1', '2026-01-01')",
        "INSERT INTO shop_shipping_zone (name, countries) VALUES ('Isles', '[\"IM\"]')",
        "DELETE FROM shop_fact",
    ):
        write(written)
        with host.aside() as reader:
            found = rules.read(reader)
        assert found != first, written
        first = found


def test_without_a_mark_nothing_is_remembered(kit: str, now: datetime) -> None:
    write("DELETE FROM kits_revision")
    assert look(kit, now) == look(kit, now)
    with counted(host.engine()) as statements:
        look(kit, now)
    assert "kits_price" in statements[0]


WATCHED = {
    "postgresql": "SELECT event_object_table FROM information_schema.triggers WHERE trigger_name LIKE '%_mark'",
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_mark_delete'",
}


def test_every_table_that_is_remembered_is_watched(app: Flask) -> None:
    read = {table.name for each in STEADY.values() for table in find_tables(each, include_aliases=False)}
    read |= {
        alias.element.name
        for each in STEADY.values()
        for alias in find_tables(each, include_aliases=True)
        if isinstance(alias, Alias)
    }
    assert {"kits_kit", "kits_kit_component", "kits_notice", "shop_shipping_rate"} <= read
    with host.engine().connect() as connection:
        watched = connection.execute(text(WATCHED[connection.dialect.name])).scalars().all()
    assert read == set(watched)


def test_every_column_of_an_item_that_is_remembered_is_watched(kit: str) -> None:
    for column in (*ITEM, "successor_id"):
        before = mark()
        if column != "id":
            write(f"UPDATE kits_item SET {column} = {column}")
            assert mark() != before, column

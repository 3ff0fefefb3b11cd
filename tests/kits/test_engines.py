"""Both engines keep every write, whoever writes at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from kits import host
from kits.catalogue.tables import Item, Price
from kits.engines import prepare

AtOnce = Callable[..., list[Any]]
ROUNDS = 25


def test_eight_writers_lose_no_update(app: Flask, at_once: AtOnce) -> None:
    with host.unit() as session:
        session.add(Item(sku="A", name="A"))

    def count_up() -> None:
        for _ in range(ROUNDS):
            with host.unit() as session:
                # Read, then write: only a transaction that began as a writer may do so.
                item = session.scalars(select(Item).with_for_update()).one()
                item.claims = item.claims + 1

    assert at_once([count_up] * 8) == [None] * 8
    assert host.session().scalars(select(Item.claims)).one() == 8 * ROUNDS


def test_readers_are_not_held_up_by_a_writer(app: Flask, at_once: AtOnce) -> None:
    with host.unit() as session:
        session.add(Item(sku="A", name="before"))
    with host.unit() as session:
        session.scalars(select(Item)).one().name = "after"
        session.flush()
        assert at_once([lambda: host.session().scalar(select(Item.name))] * 4) == ["before"] * 4


def test_foreign_keys_are_kept(app: Flask, now: Any) -> None:
    with pytest.raises(IntegrityError), host.unit() as session:
        session.add(Price(kit_id=99, kind="kit", amount=1, currency="GBP", valid_from=now))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_standalone_sqlite_is_set_up_for_many(app: Flask) -> None:
    with host.engine().connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 15000}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_unit_on_sqlite_begins_as_a_writer_and_a_read_does_not(app: Flask) -> None:
    begun: list[str] = []
    with host.engine().connect() as connection:
        driver = connection.connection.driver_connection
        driver.set_trace_callback(begun.append)
    with host.unit():
        pass
    host.session().scalars(select(Item)).all()
    host.end_reads()
    driver.set_trace_callback(None)
    assert [line for line in begun if line.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN"]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_an_engine_that_is_not_sqlite_stays_as_it_is(app: Flask) -> None:
    engine = create_engine(host.engine().url)
    prepare(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_every_table_of_ours_says_so_in_its_name(app: Flask) -> None:
    names = set(inspect(host.engine()).get_table_names())
    assert names
    assert [name for name in names if not name.startswith(("kits_", "shop_", "subscriptions_", "refillery_"))] == []

"""Statements that are written out once."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.exc import IntegrityError

from kits import host
from kits.catalogue.tables import Item, Price
from kits.in_one import InOne, insert_all
from kits.ready import Ready, one_of
from tests.bench.statements import counted

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def item(sku: str) -> dict[str, object]:
    return {"sku": sku, "name": sku.lower(), "weight_g": 10}


def some_items(*skus: str) -> None:
    with host.unit() as session:
        session.add_all(Item(**item(sku)) for sku in skus)


def skus(*wanted: str) -> list[str]:
    found = Ready(select(Item.__table__.c.sku).where(one_of(Item.__table__.c.sku, "wanted")).order_by(Item.sku))
    with host.aside() as connection:
        return list(found.run(connection, {"wanted": wanted}).scalars())


def test_one_text_finds_none_one_or_several(app: Flask) -> None:
    some_items("A", "B", "C")
    with counted(host.engine()) as statements:
        assert (skus(), skus("B"), skus("C", "A", "no such")) == ([], ["B"], ["A", "C"])
    assert len(set(statements)) == 1


def test_what_is_given_goes_through_its_type(app: Flask) -> None:
    moment = Item.__table__.c.retired_at
    with host.unit() as session:
        session.add(Item(**item("A"), retired_at=NOON))
    found = Ready(select(Item.__table__.c.sku).where(moment == bindparam("moment", type_=moment.type)))
    with host.aside() as connection:
        assert found.run(connection, {"moment": NOON}).scalars().all() == ["A"]
        with pytest.raises(ValueError, match="naive"):
            found.run(connection, {"moment": NOON.replace(tzinfo=None)})


def test_what_is_left_open_has_to_be_given(app: Flask) -> None:
    with host.aside() as connection, pytest.raises(KeyError):
        Ready(select(literal(1)).where(bindparam("missing") == 1)).run(connection, {})


def test_a_statement_that_is_another_each_time_is_refused(app: Flask) -> None:
    with host.aside() as connection, pytest.raises(ValueError, match="one_of"):
        Ready(select(Item.__table__.c.id).where(Item.__table__.c.id.in_(bindparam("ids", expanding=True)))).run(
            connection, {"ids": [1, 2]}
        )


def test_values_that_stand_in_a_statement_are_written_out_with_it(app: Flask) -> None:
    some_items("A", "B", "C")
    sku = Item.__table__.c.sku
    look = Ready(select(sku).where(sku.in_(("A", "B")), sku != bindparam("other")).order_by(sku))
    with host.aside() as connection:
        for other, rest in (("A", ["B"]), ("B", ["A"]), ("C", ["A", "B"])):
            assert look.run(connection, {"other": other}).scalars().all() == rest


def test_a_host_that_keeps_its_tables_in_a_schema_of_its_own_is_asked_there(app: Flask, engine_name: str) -> None:
    some_items("A")
    found = Ready(select(Item.__table__.c.sku).where(one_of(Item.__table__.c.sku, "wanted")))
    with host.engine().connect() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE kits_item AS SELECT * FROM kits_item WHERE sku = 'B'")
        assert found.run(connection, {"wanted": "A"}).all() == []
        there = {None: "public" if engine_name == "postgresql" else "main"}
        moved = connection.execution_options(schema_translate_map=there)
        assert found.run(moved, {"wanted": "A"}).scalars().all() == ["A"]


def test_rows_of_several_tables_are_inserted_together(app: Flask, engine_name: str) -> None:
    with host.unit() as session, counted(host.engine()) as statements:
        insert_all(session, (Price, []), (Item, [item("A"), item("B")]), (Item, [item("C")]))
    assert skus("A", "B", "C") == ["A", "B", "C"]
    assert len(statements) == (1 if engine_name == "postgresql" else 2)


def test_what_the_class_would_fill_in_is_filled_in_and_the_last_rows_id_is_told(app: Flask) -> None:
    with host.unit() as session:
        found = insert_all(session, (Item, [item("A")]), (Item, [item("B")]))
    kept = host.session().get_one(Item, found)
    assert (kept.sku, kept.claims, kept.pack_size, kept.supplier, kept.sealed) == ("B", 0, 1, "", False)
    host.end_reads()


@pytest.mark.parametrize(("sku", "kept"), [("C", {"A": "changed", "C": "b"}), ("A", {"A": "a", "B": "b"})])
def test_two_writes_in_one_are_kept_together_or_not_at_all(app: Flask, sku: str, kept: dict[str, str]) -> None:
    some_items("A", "B")
    table = Item.__table__
    both = InOne(
        update(table).where(table.c.sku == "A").values(name="changed"),
        update(table).where(table.c.sku == "B").values(sku=bindparam("new")),
    )
    with suppress(IntegrityError), host.unit() as session:
        both.run(session, {"new": sku})
    assert dict(iter(host.session().execute(select(Item.sku, Item.name)))) == kept
    host.end_reads()

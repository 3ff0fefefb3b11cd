"""The ledger only grows: the database itself refuses to change or delete a movement, whoever asks and however."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kits import host, migrate
from kits.stock.tables import StockMovement
from tests.kits.migrations.conftest import bare, run  # noqa: F401

REFUSED = "kits_stock_movement is append-only"
PG_ONLY = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


def _changed(session: Session) -> None:
    session.scalars(select(StockMovement)).first().quantity = 7  # type: ignore[union-attr]
    session.flush()


def _deleted(session: Session) -> None:
    session.delete(session.scalars(select(StockMovement)).first())
    session.flush()


ATTEMPTS: dict[str, Callable[[Session], object]] = {
    "a changed object": _changed,
    "a deleted object": _deleted,
    "a bulk update": lambda session: session.execute(update(StockMovement).values(quantity=0)),
    "a bulk delete": lambda session: session.execute(delete(StockMovement)),
    "an update by SQL": lambda session: session.execute(text("UPDATE kits_stock_movement SET actor = 'me'")),
    "an update to what it is": lambda session: session.execute(text("UPDATE kits_stock_movement SET id = id")),
    "a deletion by SQL": lambda session: session.execute(text("DELETE FROM kits_stock_movement WHERE quantity = 20")),
}


def movements() -> list[tuple[object, ...]]:
    """The whole ledger as it stands."""
    rows = host.session().execute(text("SELECT * FROM kits_stock_movement ORDER BY id")).all()
    host.end_reads()
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_movement_is_neither_changed_nor_deleted(put: Callable[..., None], attempt: str) -> None:
    put("A", 20, days=30)
    put("B", 5, days=30)
    before = movements()
    with pytest.raises(DBAPIError, match=REFUSED), host.unit() as session:
        ATTEMPTS[attempt](session)
    assert movements() == before


@PG_ONLY
@pytest.mark.parametrize("statement", ["TRUNCATE kits_stock_movement CASCADE", "TRUNCATE kits_item CASCADE"])
def test_the_ledger_is_not_truncated(put: Callable[..., None], statement: str) -> None:
    put("A", 20, days=30)
    before = movements()
    with pytest.raises(DBAPIError, match=REFUSED), host.unit() as session:
        session.execute(text(statement))
    assert movements() == before


def test_a_statement_that_finds_no_movement_is_no_offence(put: Callable[..., None]) -> None:
    put("A", 20, days=30)
    before = movements()
    with host.unit() as session:
        session.execute(text("UPDATE kits_stock_movement SET quantity = 1 WHERE id < 0"))
        session.execute(text("DELETE FROM kits_stock_movement WHERE id < 0"))
    assert movements() == before


def test_more_is_written_as_ever(put: Callable[..., None]) -> None:
    put("A", 20, days=30)
    put("A", 5, days=30)
    put("B", 5, days=30)
    assert len(movements()) == 3


FIRST = ("kits_0001", "shop_0001", "subscriptions_0001")
OLD_ROWS = {
    "kits_item": "INSERT INTO kits_item (id, sku, name, claims) VALUES (1, 'A', 'One', 4), (2, 'B', 'Other', 0)",
    "kits_lot": "INSERT INTO kits_lot (id, item_id, code, expires_on, received_at, on_hand) VALUES "
    "(1, 1, 'L1', '2028-01-31', '2027-01-04 09:00:00', 3), (2, 2, 'L1', '2027-06-30', '2027-01-05 09:00:00', 0)",
    "kits_reservation": "INSERT INTO kits_reservation "
    "(id, item_id, order_number, quantity, serves_until, state, made_at) VALUES "
    "(1, 1, 'R-1', 2, '2027-09-01', 'shipped', '2027-01-06 09:00:00'), "
    "(2, 1, 'R-2', 1, '2027-09-01', 'held', '2027-01-07 09:00:00'), "
    "(3, 2, 'R-3', 1, '2027-09-01', 'released', '2027-01-07 09:00:00')",
    "kits_stock_movement": "INSERT INTO kits_stock_movement "
    "(id, at, item_id, lot_id, kind, quantity, actor, reason, order_number) VALUES "
    "(1, '2027-01-04 09:00:00', 1, 1, 'receive', 5, 'command', '', NULL), "
    "(2, '2027-01-06 10:00:00', 1, 1, 'ship', -2, 'staff:1', 'a parcel', 'R-1')",
}


@pytest.fixture
def old(bare: Engine) -> Engine:  # noqa: F811
    """A database as the first release left it, with rows in each table of stock."""
    with bare.connect() as connection, connection.begin():
        config = migrate._config()
        config.attributes["connection"] = connection
        for revision in FIRST:
            command.upgrade(config, revision)
    for statement in OLD_ROWS.values():
        run(bare, statement)
    return bare


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """The first release's columns of each table of stock."""
    columns = {table: insert.split("(")[1].split(")")[0] for table, insert in OLD_ROWS.items()}
    return {table: run(engine, f"SELECT {names} FROM {table} ORDER BY id") for table, names in columns.items()}


def test_stock_of_the_first_release_stays_as_it_was(old: Engine) -> None:
    before = rows(old)
    migrate.upgrade(old)
    assert rows(old) == before
    assert [len(found) for found in before.values()] == [2, 2, 3, 2]
    assert run(old, "SELECT on_hand, allocated, quarantined FROM kits_lot ORDER BY id") == [(3, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize(
    "statement", ["UPDATE kits_stock_movement SET quantity = 0", "DELETE FROM kits_stock_movement"]
)
def test_movements_of_the_first_release_are_protected_after_the_upgrade(old: Engine, statement: str) -> None:
    migrate.upgrade(old)
    before = rows(old)
    with pytest.raises(DBAPIError, match=REFUSED):
        run(old, statement.format("kits_stock_movement"))
    assert rows(old) == before

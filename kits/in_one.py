"""Several writes as one statement, where the database takes them so: each that is saved is a wait less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import CursorResult, Delete, Insert, Table, Update, bindparam, insert
from sqlalchemy.orm import Session

from kits.host import Reader
from kits.ready import Ready
from kits.tables import Base

Write = Insert | Update | Delete
Rows = Sequence[Mapping[str, Any]]
NOTHING: Mapping[str, Any] = MappingProxyType({})
SHAPES = 200
"""So many kinds of rows together are remembered: baskets differ in their lines, but not much."""


class InOne:
    """Writes that stand alone: none needs to see what another wrote. PostgreSQL runs them all in one statement.

    What they leave open has names of its own in each, or means the same in all.
    """

    def __init__(self, *writes: Write) -> None:
        *before, last = writes
        self._joined = Ready(last.add_cte(*(each.cte(f"write_{place}") for place, each in enumerate(before))))
        self._each = [Ready(each) for each in writes]

    def run(self, writer: Reader, given: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Run them all; returns what the last one tells. Flushes nothing."""
        connection = writer.connection() if isinstance(writer, Session) else writer
        if connection.dialect.name == "postgresql":
            return self._joined.run(connection, given)
        return [each.run(connection, given) for each in self._each][-1]


def insert_all(
    session: Session, *tables: tuple[type[Base], Rows], also: tuple[Write, ...] = (), given: Mapping[str, Any] = NOTHING
) -> int:
    """Insert rows into several tables, each row with the same columns as the others of its table.

    A row may refer to what is there already, not to another of these. Tables
    without rows are left out. Returns the id of the last table's row, for a table that is given only one.
    `also` are writes that are done with it, the same each time; `given` is what they leave open.
    """
    filled = [(table.__table__, [whole(table, row) for row in rows]) for table, rows in tables if rows]
    shape = tuple((table, tuple(rows[0]), len(rows)) for table, rows in filled)
    values = {
        _named(place, number, column): value
        for place, (_, rows) in enumerate(filled)
        for number, row in enumerate(rows)
        for column, value in row.items()
    }
    return int(_inserts(shape, also).run(session, {**values, **given}).scalars().all()[0])


def whole(table: type[Base], row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what the mapped class would fill in."""
    return {**defaults(table), **row}


@lru_cache
def defaults(table: type[Base]) -> Mapping[str, Any]:
    """What the mapped class fills in, by column."""
    known = {column.key: column.default for column in table.__table__.columns}
    return {name: default.arg for name, default in known.items() if default is not None and default.is_scalar}


@lru_cache(SHAPES)
def _inserts(shape: tuple[tuple[Table, tuple[str, ...], int], ...], also: tuple[Write, ...]) -> InOne:
    *before, last = (_insert(place, *each) for place, each in enumerate(shape))
    return InOne(*also, *before, last.returning(shape[-1][0].c.id))


def _insert(place: int, table: Table, columns: tuple[str, ...], rows: int) -> Insert:
    return insert(table).values(
        [
            {column: bindparam(_named(place, number, column), type_=table.c[column].type) for column in columns}
            for number in range(rows)
        ]
    )


def _named(place: int, number: int, column: str) -> str:
    return f"{column}_{place}_{number}"

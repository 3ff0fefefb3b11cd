"""Rows that are written at once, by statements that are written out once: the session's own flush takes longer.

The objects are the mapped classes' own and in the session all the same, as if it had flushed them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from kits.in_one import insert_all, whole
from kits.ready import Ready
from kits.tables import Base, Row

T = TypeVar("T", bound=Row)


def put(session: Session, table: type[T], values: Mapping[str, Any]) -> T:
    """Insert a row of `table` with these columns; what is not given is as the mapped class has it. One statement."""
    return known(session, table, insert_all(session, (table, [values])), values)


def known(session: Session, table: type[T], row_id: int, values: Mapping[str, Any]) -> T:
    """A row that was just written so under this id, as an object of the session's."""
    nothing = dict.fromkeys(table.__mapper__.columns.keys())
    made = table(**{**nothing, **whole(table, values), "id": row_id})
    make_transient_to_detached(made)
    session.add(made)
    return made


def change(session: Session, row: Row, **values: Any) -> None:
    """Write these columns of a row that is there, and have the object know them. One statement; flushes nothing."""
    _change(type(row), tuple(values)).run(session, {**values, "row": row.id})
    for name, value in values.items():
        set_committed_value(row, name, value)


def keep_to(row: Row, **values: Any) -> None:
    """Set what is otherwise, for the next flush: it would look at an object that was set to what it is all the same."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


@cache
def _change(table: type[Base], names: tuple[str, ...]) -> Ready:
    mine: Any = table.__table__
    values = {name: bindparam(name, type_=mine.c[name].type) for name in names}
    return Ready(update(mine).where(mine.c.id == bindparam("row")).values(values))

"""Statements that every page runs: written out once for each kind of database, then handed to the driver as they are.

What SQLAlchemy does for a statement each time it is executed takes longer than
PostgreSQL takes to answer a look at a kit. Here it does it once. What comes
back is the driver's own: numbers and texts are as one expects, but SQLite
tells days, moments and flags as texts and numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ClauseElement,
    ColumnElement,
    CursorResult,
    Dialect,
    Select,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, TypeEngine

from kits.host import Reader

Way = Callable[[Any], Any]
SCHEMAS = "schema_translate_map"
"""Where SQLAlchemy keeps the schema of a host whose tables have one: it is not told in a statement of the driver's."""


class _Several(TypeDecorator[Any]):
    """Many values of one kind as one: an array, or where there is none, JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.each) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _OneOf(FunctionElement[bool]):
    """A column that is one of several values."""

    inherit_cache = True
    type = Boolean()
    _is_implicitly_boolean = True  # or SQLite would be asked whether it equals 1, and use no index


@compiles(_OneOf)
def _in_json(element: _OneOf, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - texts of the compiler's


@compiles(_OneOf, "postgresql")
def _in_array(element: _OneOf, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY({values})"


class _AmongThose(_OneOf):
    """A column that is one of what a look finds."""

    inherit_cache = True


@compiles(_AmongThose)
def _in_look(element: _AmongThose, compiler: Any, **options: Any) -> str:
    column, look = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN {look}"


@compiles(_AmongThose, "postgresql")
def _in_array_of_look(element: _AmongThose, compiler: Any, **options: Any) -> str:
    column, look = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY(ARRAY{look})"


def among(column: ColumnElement[Any], look: Select[Any]) -> ColumnElement[bool]:
    """True where `column` is one of the few values that `look` finds.

    PostgreSQL finds those first, once, and then goes by the column's index, whatever it believes of the tables: asked
    with IN it may well go through all rows and look for each of them.
    """
    return _AmongThose(column, look.scalar_subquery())


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """True where `column` is one of the values that are given as `name`; one text however many they are."""
    return _OneOf(column, bindparam(name, type_=_Several(column.type)))


@dataclass(frozen=True)
class _Written:
    """A statement in one database's words, and what it takes, in its order: what it was built with, or is given."""

    text: str
    positional: bool
    takes: tuple[tuple[str, BindParameter[Any], Way | None], ...]

    def values(self, given: Mapping[str, Any]) -> Any:
        """Them all in the form in which the driver takes them."""
        values = [(name, _value(_given(given, name, bind), way)) for name, bind, way in self.takes]
        return tuple(value for _, value in values) if self.positional else dict(values)


class Ready:
    """A statement that is written out once a kind of database; it is a look, or writes what has no default of ours."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._known: dict[Any, _Written] = {}

    def run(self, reader: Reader, given: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Run it with the values that it leaves open, by name. Flushes nothing."""
        connection = reader.connection() if isinstance(reader, Session) else reader
        dialect, schemas = connection.dialect, connection.get_execution_options().get(SCHEMAS)
        kind: Any = (type(dialect), frozenset(schemas.items())) if schemas else type(dialect)
        written = self._known.get(kind) or self._known.setdefault(kind, self._write(dialect, schemas))
        return connection.exec_driver_sql(written.text, written.values(given))

    def _write(self, dialect: Dialect, schemas: Any) -> _Written:
        told = {SCHEMAS: schemas, "render_schema_translate": bool(schemas)}
        compiled: Any = self._statement.compile(dialect=dialect, **told)
        if any(bind.required for bind in compiled.post_compile_params):
            raise ValueError("a statement with `in_` is another each time: use `one_of`")
        # Where several values stand in it already, each is a value of its own.
        left_open = {name: None for name, bind in compiled.binds.items() if bind.required}
        whole = compiled.construct_expanded_state(left_open) if compiled.post_compile_params else None
        names = compiled.positiontup if compiled.positional else compiled.binds
        if whole:
            names = whole.positiontup if compiled.positional else whole.parameters
        takes = tuple(_take(name, compiled, whole, dialect) for name in names)
        return _Written(whole.statement if whole else str(compiled), compiled.positional, takes)


def _take(name: str, compiled: Any, whole: Any, dialect: Dialect) -> tuple[str, BindParameter[Any], Way | None]:
    if whole is None or (name in compiled.binds and name not in whole.parameter_expansion):
        return name, compiled.binds[name], _way(compiled.binds[name], dialect)
    return name, bindparam(name, whole.parameters[name]), whole.processors.get(name)


def _way(bind: BindParameter[Any], dialect: Dialect) -> Way | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _given(given: Mapping[str, Any], name: str, bind: BindParameter[Any]) -> Any:
    return given[name] if bind.required or name in given else bind.effective_value


def _value(value: Any, way: Way | None) -> Any:
    return way(value) if way else value

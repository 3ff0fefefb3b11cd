"""Several small reads in one statement, so that what needs seven tables waits for the database once.

Each row comes back as a list of JSON values under the name of its read: days
as `2027-04-04`, flags that SQLite tells as 1 and 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, FunctionElement, Select, literal, select, union_all
from sqlalchemy.ext.compiler import compiles

from kits.host import Reader

Found = Mapping[str, list[list[Any]]]
"""The rows by the name of their read, in no order of their own."""


class _RowAsJson(FunctionElement[Any]):
    """A row's columns as one JSON array."""

    inherit_cache = True
    type = JSON()


@compiles(_RowAsJson)
def _as_array(element: _RowAsJson, compiler: Any, **options: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(_RowAsJson, "postgresql")
def _as_built_array(element: _RowAsJson, compiler: Any, **options: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **options)})"


def together(reads: Mapping[str, Select[*tuple[Any, ...]]]) -> Select[*tuple[Any, ...]]:
    """One statement of all `reads`; what they leave open as `bindparam` is given when it is run."""
    each = []
    for name, read in reads.items():
        rows = read.subquery()
        each.append(select(literal(name).label("read"), _RowAsJson(*rows.c).label("row")))
    return select(union_all(*each).subquery())


def run(reader: Reader, statement: Select[*tuple[Any, ...]], **given: object) -> Found:
    """The rows of a statement that `together` made."""
    found: dict[str, list[list[Any]]] = defaultdict(list)
    for name, row in reader.execute(statement, given):
        found[name].append(row)
    return found

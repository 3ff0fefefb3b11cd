"""Several small reads in one statement, so that what needs seven tables waits for the database once.

Each row comes back as the text of a JSON array under the name of its read:
days as `2027-04-04`, flags that SQLite tells as 1 and 0. What is worked out of
rows alone may be remembered by these texts: other rows are other texts, so it
is never out of date, and while nothing changes nothing is read into objects.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import FunctionElement, Select, Text, literal, select, union_all
from sqlalchemy.ext.compiler import compiles

from kits.host import Reader
from kits.ready import Ready

Raw = tuple[tuple[str, str], ...]
"""Rows as they come: the name of their read, and the row as JSON. In no order of their own."""

Found = Mapping[str, list[list[Any]]]
"""The same rows' values by the name of their read. Not to be changed: others are given the same."""

REMEMBERED = 64
"""How many different answers each of those who read them remembers."""


class _RowAsJson(FunctionElement[Any]):
    """A row's columns as the text of one JSON array."""

    inherit_cache = True
    type = Text()


@compiles(_RowAsJson)
def _as_array(element: _RowAsJson, compiler: Any, **options: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(_RowAsJson, "postgresql")
def _as_built_array(element: _RowAsJson, compiler: Any, **options: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **options)})::text"


def together(reads: Mapping[str, Select[*tuple[Any, ...]]]) -> Ready:
    """One statement of all `reads`; what they leave open as `bindparam` is given when it is run."""
    each: list[Any] = []
    for name, read in reads.items():
        rows = read.subquery()
        each.append(select(literal(name).label("read"), _RowAsJson(*rows.c).label("row")))
    return Ready(union_all(*each))


def run(reader: Reader, statement: Ready, **given: object) -> Raw:
    """The rows of a statement that `together` made."""
    return tuple((row[0], row[1]) for row in statement.run(reader, given))


def values(raw: Raw, name: str) -> list[list[Any]]:
    """The values of one read, for what is another each time: not to be remembered."""
    return [json.loads(row) for read, row in raw if read == name]


def moment(told: Any) -> datetime | None:
    """A moment that a row tells."""
    if told is None:
        return None
    found = datetime.fromisoformat(told)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@lru_cache(REMEMBERED)
def rows(raw: Raw) -> Found:
    """The values that the texts tell."""
    found: dict[str, list[list[Any]]] = defaultdict(list)
    for name, row in raw:
        found[name].append(json.loads(row))
    return dict(found)

"""Stripe's objects as JSON rows, with the few columns that lists are searched by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]

FACETS = ("customer", "payment_intent", "charge", "type", "status")
HIDDEN = "_"
"""The member of a document that holds what Stripe would not show; it never leaves the sandbox."""

_PUT = (
    "INSERT INTO documents (id, kind, created, customer, payment_intent, charge, type, status, expires_at, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
    " customer = excluded.customer, payment_intent = excluded.payment_intent, charge = excluded.charge,"
    " type = excluded.type, status = excluded.status, expires_at = excluded.expires_at, body = excluded.body"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for: at most `limit` rows, newest first, beyond `after` or before `before`."""

    limit: int = 10
    after: str | None = None
    before: str | None = None
    created: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Unit:
    """One transaction's view of the documents, and on whose behalf it runs.

    `now` is the sandbox's clock in epoch seconds; `request` and `key` are what events say they were caused by.
    """

    connection: sqlite3.Connection
    now: int
    request: str | None = None
    key: str | None = None

    def get(self, kind: str, identifier: str) -> Document | None:
        """The object of that kind with that id, or None."""
        row = self.connection.execute(
            "SELECT body FROM documents WHERE id = ? AND kind = ?", (identifier, kind)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, document: Document) -> Document:
        """Keep the object as it is now; new objects take their place at the top of their list."""
        facets = [value if isinstance(value := document.get(name), str) else None for name in FACETS]
        body = json.dumps(document, separators=(",", ":"))
        kind = document["object"]
        row = (document["id"], kind, document["created"], *facets, document.get("expires_at"), body)
        self.connection.execute(_PUT, row)
        return document

    def all(self, kind: str, **where: str | None) -> list[Document]:
        """Every object of the kind whose columns have these values, newest first."""
        return self.page(kind, Page(limit=-1), **where)[0]

    def page(self, kind: str, page: Page, **where: str | None) -> tuple[list[Document], bool]:
        """One page of a list, newest first, and whether there is more in the direction asked for."""
        tests, values = ["kind = ?"], [kind, *(value for value in where.values() if value is not None)]
        tests += [f"{name} = ?" for name, value in where.items() if value is not None]
        tests += _created(page) + _beyond(page, values)
        order = "ASC" if page.before else "DESC"
        # The names come from FACETS and the fixed words above, never from a request.
        query = f"SELECT body FROM documents WHERE {' AND '.join(tests)} ORDER BY seq {order} LIMIT ?"  # noqa: S608
        asked = page.limit + 1 if page.limit > 0 else -1
        found = [json.loads(body) for (body,) in self.connection.execute(query, (*values, asked))]
        more = 0 < page.limit < len(found)
        kept = found[: page.limit] if more else found
        return (kept[::-1] if page.before else kept), more


_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def _created(page: Page) -> list[str]:
    return [f"created {_COMPARE[name]} {int(value)}" for name, value in page.created.items()]


def _beyond(page: Page, values: list[str]) -> list[str]:
    """The test for the cursor; its value is added to `values`, so this test must stand last."""
    cursor = page.before or page.after
    if cursor is None:
        return []
    values.append(cursor)
    return [f"seq {'>' if page.before else '<'} (SELECT seq FROM documents WHERE id = ?)"]  # noqa: S608

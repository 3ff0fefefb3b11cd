"""Numbers without gaps: one counter a kind, taken last in the unit and held until its commit.

A sequence of the database's own would leave a gap wherever a unit rolls back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kits.ready import Ready
from shop.papers.tables import DocumentCounter

_ROW: Any = DocumentCounter.__table__
_FIRST = insert(_ROW).values(kind=bindparam("kind"), last=1)  # SQLite has the same words for it
_NEXT = Ready(
    _FIRST.on_conflict_do_update(index_elements=[_ROW.c.kind], set_={"last": _ROW.c.last + 1}).returning(_ROW.c.last)
)


def counter(session: Session, kind: str) -> DocumentCounter:
    """The kind's counter under its row lock until the unit ends; it is made at 0 where there is none.

    Whoever waits here sees, once it has it, all documents of the kind that were issued before.
    """
    same = {"last": DocumentCounter.last}
    made = insert(DocumentCounter).values(kind=kind, last=0)
    taken = made.on_conflict_do_update(index_elements=[DocumentCounter.kind], set_=same).returning(DocumentCounter)
    found: DocumentCounter = session.scalars(taken.execution_options(populate_existing=True)).one()
    return found


def take(session: Session, kind: str) -> int:
    """The kind's next number, its counter held until the unit ends. One statement; flushes nothing."""
    return int(_NEXT.run(session, {"kind": kind}).scalar_one())

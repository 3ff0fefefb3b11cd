"""Numbers without gaps: one counter a kind, taken last in the unit and held until its commit.

A sequence of the database's own would leave a gap wherever a unit rolls back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shop.papers.tables import DocumentCounter


def counter(session: Session, kind: str) -> DocumentCounter:
    """The kind's counter under its row lock until the unit ends; it is made at 0 where there is none.

    Whoever waits here sees, once it has it, all documents of the kind that were issued before.
    """
    dialect = session.get_bind().dialect.name
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    same = {"last": DocumentCounter.last}
    made = insert(DocumentCounter).values(kind=kind, last=0)
    taken = made.on_conflict_do_update(index_elements=[DocumentCounter.kind], set_=same).returning(DocumentCounter)
    found: DocumentCounter = session.scalars(taken.execution_options(populate_existing=True)).one()
    return found

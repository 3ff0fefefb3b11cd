"""The audit log and its only writer. Rows hold ids, never persons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, Session, mapped_column

from kits.tables import Row


class AuditEntry(Row):
    """Who did what to which thing, when."""

    __tablename__ = "kits_audit_entry"

    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


def record(session: Session, *, at: datetime, actor: str, action: str, subject: str, **detail: object) -> None:
    """Write one entry into the open unit. `actor` is `staff:<id>`, `duty:<name>`, `command` or `customer:<id>`."""
    session.add(AuditEntry(at=at, actor=actor, action=action, subject=subject, detail=detail))

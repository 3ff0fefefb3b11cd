"""What the page of findings lists: the open ones first. Reads only; it is short however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.reconciliation.tables import OPEN, Comparison, Finding

A_PAGE = 50


def findings(session: Session, *, only_open: bool = False, before: int | None = None) -> Sequence[Finding]:
    """A page of findings, open ones first and of each the newest first, and one more when there is a next page.

    `before` is the id of the last one of the page before.
    """
    is_open = Finding.state == OPEN
    query = select(Finding).order_by(is_open.desc(), Finding.id.desc()).limit(A_PAGE + 1)
    if only_open:
        query = query.where(is_open)
    if before is not None:
        beyond = Finding.id < before
        was_open = session.scalar(select(Finding.state).where(Finding.id == before)) == OPEN
        query = query.where((beyond & is_open) | ~is_open if was_open else beyond & ~is_open)
    return session.scalars(query).all()


def last(session: Session) -> Comparison | None:
    """The comparison that was begun last."""
    return session.scalars(select(Comparison).order_by(Comparison.id.desc()).limit(1)).first()

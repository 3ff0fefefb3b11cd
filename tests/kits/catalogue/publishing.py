"""Publishing versions of the first kit's notice, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from kits import host
from kits.catalogue.first_kit import SLUG
from kits.catalogue.notice import NewNotice, find_in_force, publish
from kits.catalogue.tables import Kit

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
TODAY = date(2027, 1, 4)
A_DAY = timedelta(days=1)


def said(words: str, day: date = TODAY, newest: str | None = "1", mark: str | None = None, now: datetime = NOON) -> str:
    """Publish `words` for the first kit; the new version."""
    return publish(SLUG, NewNotice(words, day, newest, mark), actor="staff:1", now=now)


def in_force(day: date, kit_id: int | None = None) -> str | None:
    """The version in force on a day."""
    session = host.session()
    found = find_in_force(session, kit_id or session.scalars(select(Kit.id)).one(), day)
    version = found.version if found else None
    host.end_reads()
    return version


def rows() -> Sequence[Any]:
    """Every version as it stands."""
    found = host.session().execute(text("SELECT * FROM kits_notice ORDER BY id")).all()
    host.end_reads()
    return found


def a_kit(slug: str) -> int:
    """Another kit, without a notice: its id."""
    with host.unit() as session:
        limits = {"min_sessions": 6, "max_sessions": 10, "min_weeks": 2, "max_weeks": 4}
        made = Kit(slug=slug, name="Other", summary="", description="", needle_um=250, **limits)
        session.add(made)
        session.flush()
        return made.id

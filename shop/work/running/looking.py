"""Looking for work: one statement tells which duties have something to do, however many duties there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union_all

from kits import host
from shop.work.leases import database_seconds

if TYPE_CHECKING:
    from shop.work.duties import Duty


def first(duties: Sequence[Duty], now: datetime) -> int | None:
    """The place of the first duty that has something to do; None when there is none. Takes no lock."""
    found = _places(duties, now, limit=1)
    return found[0] if found else None


def every(duties: Sequence[Duty], now: datetime) -> list[Duty]:
    """The duties that have something to do, in their order. Takes no lock."""
    return [duties[place] for place in sorted(_places(duties, now))]


def soonest(duties: Sequence[Duty], now: datetime) -> float | None:
    """Seconds until the first due row is free that another holds, or that waits; None when nothing is due at all."""
    if not duties:
        return None
    waits = [select(func.min(duty.table.free_at).label("free_at")).where(duty.due(now)) for duty in duties]
    each = union_all(*waits).subquery()
    [(wait,)] = _read(select(func.min(each.c.free_at) - database_seconds()))
    return None if wait is None else max(0.0, float(wait))


def _places(duties: Sequence[Duty], now: datetime, limit: int | None = None) -> list[int]:
    if not duties:
        return []
    looks = [select(literal(place).label("place")).where(_wanted(duty, now)) for place, duty in enumerate(duties)]
    # The engine reads the parts one after another and no further than it is asked to.
    return [place for (place,) in _read(select(union_all(*looks).subquery().c.place).limit(limit))]


def _wanted(duty: Duty, now: datetime) -> ColumnElement[bool]:
    free = exists(select(duty.table.id).where(duty.due(now), duty.table.free_at <= database_seconds()))
    return free if duty.lacks is None else or_(free, duty.lacks)


def _read(query: Select[*tuple[Any, ...]]) -> list[Any]:
    with host.aside() as connection:
        return list(connection.execute(query))

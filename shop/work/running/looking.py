"""Looking for work: one statement tells which duties have something to do, however many duties there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, exists, func, literal, or_, select, union_all

from kits import host
from kits.moments import Open, as_of
from kits.ready import Ready
from kits.settings import DEFAULTS
from shop.work.leases import database_seconds

if TYPE_CHECKING:
    from shop.work.duties import Duty

REMEMBERED = 64
"""So many looks are kept: a round looks for what is left after each duty that had work."""
_OPEN = cast(datetime, Open())


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
    [(wait,)] = _read(_soonest(tuple(duties), _settings()), now)
    return None if wait is None else max(0.0, float(wait))


def _places(duties: Sequence[Duty], now: datetime, limit: int | None = None) -> list[int]:
    if not duties:
        return []
    return [place for (place,) in _read(_look(tuple(duties), limit, _settings()), now)]


# Looks are many, and mostly find nothing: each is built and written out once, and again where a setting is another.
@lru_cache(REMEMBERED)
def _look(duties: tuple[Duty, ...], limit: int | None, settings: tuple[Any, ...]) -> Ready:
    looks = [select(literal(place).label("place")).where(_wanted(duty)) for place, duty in enumerate(duties)]
    # The engine reads the parts one after another and no further than it is asked to.
    return Ready(select(union_all(*looks).subquery().c.place).limit(limit))


@lru_cache(REMEMBERED)
def _soonest(duties: tuple[Duty, ...], settings: tuple[Any, ...]) -> Ready:
    waits = [select(func.min(duty.table.free_at).label("free_at")).where(duty.due(_OPEN)) for duty in duties]
    each = union_all(*waits).subquery()
    return Ready(select(func.min(each.c.free_at) - database_seconds()))


def _wanted(duty: Duty) -> ColumnElement[bool]:
    free = exists(select(duty.table.id).where(duty.due(_OPEN), duty.table.free_at <= database_seconds()))
    return free if duty.lacks is None else or_(free, duty.lacks)


def _settings() -> tuple[Any, ...]:
    """What a condition may hang on beside the time."""
    return tuple(current_app.config[name] for name in DEFAULTS)


def _read(look: Ready, now: datetime) -> list[Any]:
    with host.aside() as connection, as_of(now):
        return list(look.run(connection, {}))

"""Reads of what seldom changes, remembered for as long as the database says that nothing of it was written.

Kits, prices, notices and the rules of the shop are read by every page and
written by hand, now and then. Triggers put a new random mark into one row
with each such write, in its transaction; what was read beside a mark holds
wherever that mark is found. So a page asks for the mark, and for what changes
all the time, and for the rest only after a change. Random, because a number
that was rolled back would be given once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import Mapped, mapped_column

from kits.host import Reader
from kits.reads import REMEMBERED, Raw, moment, rows, run, together
from kits.tables import Base

Reads = Mapping[str, Select[*tuple[Any, ...]]]
_KEY = "refillery_steady"
MARK, UNTIL = "mark", "until"
"""The names of two reads: the mark itself, and the moment from which the steady reads will tell something else."""


class Revision(Base):
    """One row: the mark of the last write to what `kits.migrations.marked` watches."""

    __tablename__ = "kits_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str]


READ = select(Revision.__table__.c.mark)


@dataclass(frozen=True)
class _Known:
    """What was read beside a mark, as of a moment; it holds until another, if that is known already."""

    mark: tuple[str, str]
    since: datetime
    until: datetime | None
    raw: Raw

    def at(self, now: datetime) -> bool:
        """True where it is what would be read at `now`, under the same mark."""
        return self.since <= now and (self.until is None or now < self.until)


class Steady:
    """`steady` reads of what triggers watch, and `live` ones of anything else, in one statement.

    What `steady` tells may depend on the time in whole days, given as `day`,
    and on `now` where it has a read UNTIL of the next such moment.
    """

    def __init__(self, steady: Reads, **live: Select[*tuple[Any, ...]]) -> None:
        self._live = together({MARK: READ, **live})
        self._all = together({MARK: READ, **live, **steady})
        self._steady = frozenset(steady)

    def run(self, reader: Reader, now: datetime, **given: Any) -> tuple[Raw, Raw]:
        """The rows of the steady reads and those of the live ones; `given` is what they leave open beside `now`."""
        key = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in given.items())
        remembered = self._remembered()
        known = remembered.get(key)
        if known and known.at(now):
            live = run(reader, self._live, now=now, **given)
            if known.mark in live:
                return known.raw, live
        found = run(reader, self._all, now=now, **given)
        steady = tuple(each for each in found if each[0] in self._steady)
        live = tuple(each for each in found if each[0] not in self._steady)
        mark = next((each for each in live if each[0] == MARK), None)
        if mark is not None:  # or nothing was written yet that the triggers saw
            _remember(remembered, key, _Known(mark, now, _until(steady), steady))
        return steady, live

    def _remembered(self) -> dict[Any, _Known]:
        """What this process knows of these reads; it is the app's, which has one database."""
        every: dict[Steady, dict[Any, _Known]] = current_app.extensions.setdefault(_KEY, {})
        return every.setdefault(self, {})


def _remember(remembered: dict[Any, _Known], key: Any, known: _Known) -> None:
    if len(remembered) >= REMEMBERED:
        remembered.clear()
    remembered[key] = known


def _until(steady: Raw) -> datetime | None:
    """The moment that the read UNTIL tells."""
    told = (moment(row[0]) for row in rows(steady).get(UNTIL, ()))
    return min((each for each in told if each is not None), default=None)

"""Reading what is watched: all figures in one statement, by any process, at any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, union_all
from sqlalchemy.exc import SQLAlchemyError

from kits import clock, host
from kits.host import Reader
from shop.registers import registers
from shop.watching.own import WORKER
from shop.watching.tables import AlarmRow, Worker
from shop.watching.watch import Alarm, Watch
from shop.work.leases import database_seconds


@dataclass(frozen=True)
class Seen:
    """The figures by kind, read `at` so many seconds since 1970 by the database's clock."""

    at: float
    figures: Mapping[str, int]

    @property
    def alarms(self) -> list[Alarm]:
        """What is not well."""
        return [Alarm(watch, self.figures[watch.kind]) for watch in watches() if self.figures[watch.kind]]


def watches() -> Sequence[Watch]:
    """All of them, in the order they are shown in."""
    return registers().watches


def look(reader: Reader, now: datetime) -> Seen:
    """How it stands now; one statement."""
    figures = [watch.figure(now).label(watch.kind) for watch in watches()]
    row = reader.execute(select(database_seconds().label("at"), *figures)).one()
    return Seen(float(row.at), {watch.kind: int(getattr(row, watch.kind) or 0) for watch in watches()})


def standing() -> list[Alarm]:
    """What staff are told of on each page: alarms that were raised, and workers as they are seen now. One statement.

    A database that does not answer is told of by the page itself.
    """
    raised = select(AlarmRow.kind, AlarmRow.figure).where(AlarmRow.raised.is_not(None), AlarmRow.kind != WORKER.kind)
    live = select(literal(WORKER.kind), WORKER.figure(clock.now()))
    try:
        with host.aside() as connection:
            found = {row[0]: row[1] for row in connection.execute(union_all(raised, live))}
    except SQLAlchemyError:
        return []
    return [Alarm(watch, found[watch.kind]) for watch in watches() if found.get(watch.kind)]


def workers(reader: Reader) -> Sequence[tuple[Worker, float]]:
    """Workers seen within a day, and how many seconds ago each was; those seen last first."""
    seen = (database_seconds() - Worker.seen).label("ago")
    columns = select(*Worker.__table__.columns, seen).order_by(Worker.seen.desc(), Worker.id.desc()).limit(100)
    return [
        (Worker(**{name: getattr(row, name) for name in Worker.__table__.columns.keys()}), float(row.ago))  # noqa: SIM118
        for row in reader.execute(columns)
    ]

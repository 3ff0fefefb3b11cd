"""Duties that come round by the clock: a row for each says when its next turn is, in business time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kits import host
from shop.work.duties import Duty
from shop.work.leases import ClaimedRow

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Turn(ClaimedRow):
    """When the periodic duty `name` is to be performed next."""

    __tablename__ = "shop_timetable"

    name: Mapped[str] = mapped_column(unique=True)
    next_at: Mapped[datetime]


def periodic(name: str, every: timedelta, perform: Callable[[datetime], None]) -> Duty:
    """A duty that calls `perform(now)`, outside any transaction, at once and then whenever `every` has passed.

    Turns that were missed are made up once. One that lies much further ahead
    than `every` was written while a clock was wrong: it comes at once. If
    `perform` raises, its turn is tried again. A worker that outlives its lease
    may perform a turn beside another one, so performing twice must do no harm.
    """

    def due(now: datetime) -> ColumnElement[bool]:
        return and_(Turn.name == name, or_(Turn.next_at <= now, Turn.next_at > now + 2 * every))

    def take_turn(row_id: int, now: datetime) -> None:
        seen = _read_next(Turn.id == row_id)
        if seen is None or now < seen <= now + 2 * every:
            return
        perform(now)
        with host.unit() as session:
            # Unless `turn_now` asked for one more while this one was performed.
            of_this = update(Turn).where(Turn.id == row_id, Turn.next_at == seen)
            session.execute(of_this.values(next_at=now + every).execution_options(synchronize_session=False))

    missing = ~exists(select(Turn.id).where(Turn.name == name))
    return Duty(name, Turn, due, take_turn, prepare=lambda now: _enter(name, now), lacks=missing)


def turn_now(session: Session, name: str) -> None:
    """Make the next turn of the periodic duty `name` due at once, within the open unit.

    A turn that is being performed meanwhile is followed by another. A name
    that stands in no row yet is left alone: its first turn is due anyway.
    """
    row = session.scalars(select(Turn).where(Turn.name == name).with_for_update()).first()
    if row is None:
        return
    # Always another moment than before: that is how `take_turn` sees that it was asked for one more.
    row.next_at = min(row.next_at, LONG_AGO) - timedelta(seconds=1)
    if row.claimed_by is None:
        row.free_at = 0.0
    session.flush()


def _enter(name: str, now: datetime) -> None:
    """See to it that the duty stands in the timetable; its first turn is `now`."""
    if _read_next(Turn.name == name) is None:
        with suppress(IntegrityError), host.unit() as session:  # another worker may enter it at the same moment
            session.add(Turn(name=name, next_at=now))


def _read_next(which: ColumnElement[bool]) -> datetime | None:
    """When the next turn of a row is; leaves no transaction open."""
    found = host.session().scalar(select(Turn.next_at).where(which))
    host.end_reads()
    return found

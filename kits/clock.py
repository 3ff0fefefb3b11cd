"""Business time: real time, or with the sandbox as gateway one stored demo clock.

`now` is an argument of every decision; only the edges call `now()` here. The
demo clock is an offset in one row, so that every process sees the same time;
it moves forward only and ticks on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar, cast

from flask import current_app
from sqlalchemy import Float, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kits import host
from kits.errors import RefilleryError
from kits.moments import Open
from kits.ready import Ready
from kits.settings import gateway_is_sandbox, timezone
from kits.tables import Base

_looks: ContextVar[list[float] | None] = ContextVar("refillery_looks", default=None)
"""What one look at the demo clock showed, where one is to do; see `look_once`."""


class DemoClock(Base):
    """One row: how many seconds business time runs ahead of real time."""

    __tablename__ = "kits_demo_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead: Mapped[float] = mapped_column(Float)


READ = select(DemoClock.__table__.c.ahead)
"""How many seconds business time runs ahead, for whoever looks along; no row means none."""
_READ = Ready(READ)
_KEY = "refillery_ahead"
T = TypeVar("T")


class ClockIsReal(RefilleryError):
    """The clock can be moved only while the gateway is the sandbox."""


def now() -> datetime:
    """The business time, aware, in UTC."""
    real = datetime.now(UTC)
    return real + timedelta(seconds=_ahead()) if gateway_is_sandbox() else real


def look_along(read: Callable[[datetime], tuple[T, float]]) -> tuple[datetime, T]:
    """The time, and what `read` found as of it: its one statement looks at the demo clock (`READ`) along the way.

    `read` tells what the clock shows, too. It is asked as of what that showed
    last in this process, and again where the clock was moved since. Where no
    look is to be taken, it is asked once, as of `now()`.
    """
    if not gateway_is_sandbox() or _looks.get():
        moment = now()
        return moment, read(moment)[0]
    real = datetime.now(UTC)
    supposed: float = current_app.extensions.get(_KEY, 0.0)
    found, ahead = read(real + timedelta(seconds=supposed))
    if ahead != supposed:
        found, _ = read(real + timedelta(seconds=ahead))
        current_app.extensions[_KEY] = ahead
    _looked(ahead)
    return real + timedelta(seconds=ahead), found


def today(moment: datetime | Open) -> date:
    """The shop's calendar day at `moment`; of a moment that is left open it is left open, too."""
    if isinstance(moment, Open):
        return cast(date, moment.day(today))
    return moment.astimezone(timezone()).date()


def begin_at(moment: datetime) -> None:
    """Start the demo clock of a new database at `moment`, which may lie in the past. Raises ClockIsReal."""
    _only_in_sandbox()
    with host.unit() as session:
        session.add(DemoClock(id=1, ahead=(moment - datetime.now(UTC)).total_seconds()))


def move_to(moment: datetime) -> datetime:
    """Move the demo clock forward to `moment` and return the time it then shows.

    A moment that has passed leaves it where it is. Raises ClockIsReal unless
    the gateway is the sandbox.
    """
    _only_in_sandbox()
    ahead = (moment - datetime.now(UTC)).total_seconds()
    with host.unit() as session:
        if session.get(DemoClock, 1) is None:
            _begin(session)
        session.execute(update(DemoClock).where(DemoClock.ahead < ahead).values(ahead=ahead))
    if _looks.get():
        look_once()
    return now()


def look_once() -> None:
    """From here on one look at the demo clock is enough, until `look_again`: for a request, which is short."""
    _looks.set([])


def look_again() -> None:
    """Each `now()` looks at the demo clock again: for whatever runs for long."""
    _looks.set(None)


def _begin(session: Session) -> None:
    with suppress(IntegrityError), session.begin_nested():  # another process may begin it at the same moment
        session.execute(insert(DemoClock).values(id=1, ahead=0.0))


def _only_in_sandbox() -> None:
    if not gateway_is_sandbox():
        raise ClockIsReal("The clock can be moved only in the sandbox: the gateway takes real payments.")


def _ahead() -> float:
    if looks := _looks.get():
        return looks[0]
    # A connection of its own: reading the time must not open the caller's transaction.
    with host.aside() as connection:
        ahead: float = _READ.run(connection, {}).scalar() or 0.0
    _looked(ahead)
    return ahead


def _looked(ahead: float) -> None:
    """Remember it where one look is to do."""
    looks = _looks.get()
    if looks is not None:
        looks.append(ahead)

"""Duties: work that is due because of what the database says, claimed row by row.

A duty never trusts the claim alone: what it performs checks again, so a row
worked twice does nothing twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from flask import Flask, current_app
from sqlalchemy import ColumnElement
from sqlalchemy.exc import SQLAlchemyError

from kits import clock, host
from kits.settings import setting
from shop.environment import standing
from shop.work.leases import ClaimedRow
from shop.work.running import looking, performing
from shop.work.running.hands import Hands
from shop.work.running.shift import PATIENCE, Shift

log = logging.getLogger("refillery.work")
BATCH = 10


@dataclass(frozen=True, eq=False)
class Duty:
    """One kind of work.

    `due(now)` is the condition of the rows of `table` that want it, built of `now` by reckoning alone (it may be a
    moment that is left open, see `kits.moments`) and of settings;
    `perform(row_id, now)` does it for one row, outside any transaction, and
    leaves the row no longer due. What it raises puts the row back for a while.
    Rows are claimed in `order`, else in that of their ids.
    `prepare(now)`, if given, comes before rows are claimed: it may write one
    that is missing, and leaves no transaction open. `lacks` is true in the
    database while there is one to write.
    """

    name: str
    table: type[ClaimedRow]
    due: Callable[[datetime], ColumnElement[bool]]
    perform: Callable[[int, datetime], None]
    prepare: Callable[[datetime], None] | None = None
    lacks: ColumnElement[bool] | None = None
    order: Any = None


Told: TypeAlias = Callable[[Duty, int, bool], None]
"""Hears of each row that was worked: its duty, its id, and whether it was done without an error."""


def tell_nobody(duty: Duty, row_id: int, done: bool) -> None:
    """Nobody wants to know."""


def in_flight() -> int:
    """How many rows a worker performs side by side: as set, else eight on PostgreSQL and one on SQLite."""
    return int(setting("IN_FLIGHT")) or (8 if host.engine().dialect.name == "postgresql" else 1)


def run_once(
    duties: Sequence[Duty],
    now: Callable[[], datetime] = clock.now,
    *,
    threads: int = 0,
    stop: threading.Event | None = None,
    told: Told = tell_nobody,
) -> int:
    """Work until nothing is due; returns how many rows were worked.

    Rows that another worker holds, or that wait after a failure, are waited
    for up to 90 seconds without progress; then they are left to the next run.
    With `threads` so many rows are worked side by side, else one after another
    in the caller's own thread. `stop` ends it early, as it ends a worker.
    Raises OtherEnvironment where nothing may be done.
    """
    if threads:
        shift = Shift(duties, now, Hands(_app(), threads, now, told), stop or threading.Event())
        return shift.work(once=True)
    worked, quiet_since = 0, time.monotonic()
    while not (stop and stop.is_set()):
        standing.permit(now)
        done = one_round(duties, now, told=told)
        worked += done
        if done:
            quiet_since = time.monotonic()
            continue
        wait = looking.soonest(duties, now())
        if wait is None or time.monotonic() - quiet_since + wait > PATIENCE:
            break
        time.sleep(min(wait + 0.02, 1.0))
    return worked


def keep_working(duties: Sequence[Duty], stop: threading.Event) -> None:
    """Work what is due until `stop` is set; what is in hand then is finished within the time that is set for it."""
    Shift(duties, clock.now, Hands(_app(), in_flight(), clock.now, tell_nobody), stop).work(once=False)


def some_wait(duties: Sequence[Duty]) -> bool:
    """True when something is due that another holds, or that waits for another try."""
    return looking.soonest(duties, clock.now()) is not None


def one_round(duties: Sequence[Duty], now: Callable[[], datetime] = clock.now, *, told: Told = tell_nobody) -> int:
    """Give every duty one batch, in order; returns how many rows were worked without an error."""
    rest, done = list(duties), 0
    while rest:
        try:
            place = looking.first(rest, now())
            if place is None:
                break
            duty, rest = rest[place], rest[place + 1 :]
            done += _batch(duty, now, told)
        except SQLAlchemyError:
            # The database is away or busy: whatever is claimed becomes free by itself, and a later round goes on.
            log.exception("The database did not answer")
            host.end_reads()
            break
    return done


def _batch(duty: Duty, now: Callable[[], datetime], told: Told) -> int:
    worked = 0
    with performing.all_of(performing.claimed(duty, now(), BATCH)) as rows:
        for row in rows:
            done = performing.perform(row, now)
            told(duty, row.kept.row_id, done)
            worked += done
    return worked


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]

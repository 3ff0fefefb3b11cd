"""Duties: work that is due because of what the database says, claimed row by row.

A duty never trusts the claim alone: what it performs checks again, so a row
worked twice does nothing twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.exc import SQLAlchemyError

from kits import clock, host
from kits.errors import RefilleryError
from shop.work import leases
from shop.work.leases import ClaimedRow

T = TypeVar("T")

log = logging.getLogger("refillery.work")
BATCH = 10
IDLE_SECONDS = 1.0
PATIENCE = 90.0


@dataclass(frozen=True)
class Duty:
    """One kind of work.

    `due(now)` is the condition of the rows of `table` that want it;
    `perform(row_id, now)` does it for one row, outside any transaction, and
    leaves the row no longer due. What it raises puts the row back for a while.
    `prepare(now)`, if given, comes before each look for rows: it may write one
    that is missing, and leaves no transaction open.
    """

    name: str
    table: type[ClaimedRow]
    due: Callable[[datetime], ColumnElement[bool]]
    perform: Callable[[int, datetime], None]
    prepare: Callable[[datetime], None] | None = None


def run_once(duties: Sequence[Duty], now: Callable[[], datetime] = clock.now) -> int:
    """Work until nothing is due; returns how many rows were worked.

    Rows that another worker holds, or that wait after a failure, are waited
    for up to 90 seconds without progress; then they are left to the next run.
    """
    worked, quiet_since = 0, time.monotonic()
    while True:
        done = one_round(duties, now)
        worked += done
        if done:
            quiet_since = time.monotonic()
            continue
        wait = _until_next(duties, now())
        if wait is None or time.monotonic() - quiet_since + wait > PATIENCE:
            return worked
        time.sleep(min(wait + 0.02, 1.0))


def some_wait(duties: Sequence[Duty]) -> bool:
    """True when something is due that another holds, or that waits for another try."""
    return _until_next(duties, clock.now()) is not None


def one_round(duties: Sequence[Duty], now: Callable[[], datetime] = clock.now) -> int:
    """Give every duty one batch, in order; returns how many rows were worked without an error."""
    return sum(_batch(duty, now) for duty in duties)


def _batch(duty: Duty, now: Callable[[], datetime]) -> int:
    me = leases.holder()
    try:
        return sum(_one(duty, row_id, me, now()) for row_id in _claimed(duty, me, now()))
    except SQLAlchemyError:
        # The database is away or busy: whatever is claimed becomes free by itself, and a later round goes on.
        log.exception("%s: the database did not answer", duty.name)
        host.end_reads()
        return 0


def _claimed(duty: Duty, me: str, now: datetime) -> list[int]:
    if duty.prepare:
        duty.prepare(now)
    if not _look(lambda: leases.any_free(host.session(), duty.table, duty.due(now))):
        return []
    with host.unit() as session:
        return leases.claim(session, duty.table, duty.due(now), me, limit=BATCH)


def _one(duty: Duty, row_id: int, me: str, now: datetime) -> bool:
    with host.unit() as session:
        if not leases.renew(session, duty.table, row_id, me):
            return False
    try:
        duty.perform(row_id, now)
    except Exception as error:
        _failed(duty, row_id, me, error)
        return False
    with host.unit() as session:
        leases.let_go(session, duty.table, row_id, me)
    return True


def _failed(duty: Duty, row_id: int, me: str, error: Exception) -> None:
    host.end_reads()
    expected = isinstance(error, RefilleryError) and error.retry
    log.log(
        logging.WARNING if expected else logging.ERROR, "%s %s: %s", duty.name, row_id, error, exc_info=not expected
    )
    with host.unit() as session:
        wait = error.wait if isinstance(error, RefilleryError) else 0.0
        leases.put_back(session, duty.table, row_id, me, at_least=wait)


def _until_next(duties: Sequence[Duty], now: datetime) -> float | None:
    waits = [_look(lambda d=duty: leases.wait_for(host.session(), d.table, d.due(now))) for duty in duties]  # type: ignore[misc]
    return min((wait for wait in waits if wait is not None), default=None)


def _look(read: Callable[[], T]) -> T:
    try:
        return read()
    finally:
        host.end_reads()

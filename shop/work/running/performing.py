"""Performing one row that was claimed, and what becomes of its claim."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kits import host
from kits.errors import RefilleryError
from shop import logs
from shop.work import leases
from shop.work.running import keeping
from shop.work.running.keeping import Kept

if TYPE_CHECKING:
    from shop.work.duties import Duty

log = logging.getLogger("refillery.work")
Now = Callable[[], datetime]
_is_worker: ContextVar[bool] = ContextVar("refillery_is_worker", default=False)


@dataclass(frozen=True)
class InHand:
    """A row of a duty that is claimed, its lease kept."""

    duty: Duty
    kept: Kept


def claimed(duty: Duty, now: datetime, limit: int) -> list[InHand]:
    """Claim up to `limit` rows of a duty, those first that need it most. Commits."""
    if duty.prepare:
        duty.prepare(now)
    me = leases.holder()
    with host.unit() as session:
        ids = leases.claim(session, duty.table, duty.due(now), me, limit=limit, order=duty.order)
    return [InHand(duty, keeping.keep(duty.table, row_id, me)) for row_id in ids]


@contextmanager
def all_of(rows: Sequence[InHand]) -> Iterator[Sequence[InHand]]:
    """Have these rows performed within the block; whatever ends it, no lease is kept any longer."""
    try:
        yield rows
    finally:
        for row in rows:
            keeping.forget(row.kept)


def perform(row: InHand, now: Now) -> bool:
    """Do the duty for the row and let it go, or put it back for a while; True when it was done. Commits."""
    duty, kept = row.duty, row.kept
    mark = _is_worker.set(True)
    try:
        if not kept.is_fresh and not leases.renew_alone(kept.engine, kept.table, kept.row_id, kept.me, kept.seconds):
            return False
        # What is worked on, by the last word of its table: a refill, an order, an event, a mail.
        with logs.about(duty=duty.name, **{kept.table.__tablename__.rpartition("_")[2]: kept.row_id}):
            try:
                duty.perform(kept.row_id, now())
            except Exception as error:
                _failed(row, error)
                return False
        leases.let_go_alone(kept.engine, kept.table, kept.row_id, kept.me)
        return True
    finally:
        _is_worker.reset(mark)
        keeping.forget(kept)


def is_worker() -> bool:
    """True in what a duty performs, false in a page's request."""
    return _is_worker.get()


@contextmanager
def as_worker() -> Iterator[None]:
    """What a command asks of the gateway within the block takes turns as a duty's requests do."""
    mark = _is_worker.set(True)
    try:
        yield
    finally:
        _is_worker.reset(mark)


def give_back(row: InHand) -> None:
    """The row was not begun: it is free again at once. Commits."""
    keeping.forget(row.kept)
    leases.give_back_alone(row.kept.engine, row.kept.table, row.kept.row_id, row.kept.me)


def _failed(row: InHand, error: Exception) -> None:
    host.end_reads()
    expected = isinstance(error, RefilleryError) and error.retry
    level = logging.WARNING if expected else logging.ERROR
    log.log(
        level, "%s %s: %s", row.duty.name, row.kept.row_id, logs.name_of(error), exc_info=None if expected else error
    )
    with host.unit() as session:
        wait, failed = (error.wait, error.failed) if isinstance(error, RefilleryError) else (0.0, True)
        leases.put_back(session, row.kept.table, row.kept.row_id, row.kept.me, at_least=wait, failed=failed)

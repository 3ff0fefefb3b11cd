"""Keeping leases while what they are for goes on: a request may take longer than a lease.

One thread a process renews what is kept, each by its own conditional update,
so that a lease which was lost all the same stays another's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

from kits import host
from kits.errors import Busy
from kits.settings import setting
from shop.work import leases
from shop.work.leases import ClaimedRow

SHARE = 3
"""A lease is renewed when a third of it has passed."""
FOREVER = float("inf")
log = logging.getLogger("refillery.work")


@dataclass(eq=False)
class Kept:
    """A row whose lease is kept; `since` is when it was last known to be ours, by this machine's running clock."""

    engine: Engine
    seconds: float
    table: type[ClaimedRow]
    row_id: int
    me: str
    since: float = field(default_factory=time.monotonic)

    @property
    def is_fresh(self) -> bool:
        """True while the lease cannot have run out: half of it is left at least."""
        return time.monotonic() - self.since < self.seconds / 2

    @property
    def period(self) -> float:
        """In so many seconds at most it is to be looked at."""
        return self.seconds / (2 * SHARE)

    def is_late(self, moment: float) -> bool:
        """True when it is time to renew it."""
        return moment - self.since >= self.seconds / SHARE


class Keeper:
    """Renews in a thread of its own that runs while there is something to keep."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._kept: set[Kept] = set()
        self._thread: threading.Thread | None = None
        self._wakes_at = FOREVER

    def add(self, kept: Kept) -> None:
        """From now on."""
        with self._changed:
            self._kept.add(kept)
            if self._thread is None or not self._thread.is_alive():  # a fork leaves threads behind
                self._thread = threading.Thread(target=self._run, name="lease keeper", daemon=True)
                self._thread.start()
            # Most leases are given back long before: a thread that wakes in time anyway is not woken for each of them.
            if time.monotonic() + kept.period < self._wakes_at:
                self._changed.notify()

    def remove(self, kept: Kept) -> None:
        """It is let go, or lost."""
        with self._changed:
            self._kept.discard(kept)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._kept:
                    self._sleep(None)
                self._sleep(min(kept.period for kept in self._kept))
                late = [kept for kept in self._kept if kept.is_late(time.monotonic())]
            for kept in late:
                self._renew(kept)

    def _sleep(self, seconds: float | None) -> None:
        self._wakes_at = FOREVER if seconds is None else time.monotonic() + seconds
        self._changed.wait(seconds)

    def _renew(self, kept: Kept) -> None:
        begun = time.monotonic()
        try:
            ours = leases.renew_alone(kept.engine, kept.table, kept.row_id, kept.me, kept.seconds)
        except SQLAlchemyError:
            log.warning("The database did not answer, so a lease was not renewed; it is tried again.")
            return
        except Exception:  # or all others would run out with this one
            log.exception("%s %s: the lease could not be renewed", kept.table.__tablename__, kept.row_id)
            return
        if ours:
            kept.since = begun
        else:
            self.remove(kept)


KEEPER = Keeper()


def keep(table: type[ClaimedRow], row_id: int, me: str, since: float | None = None) -> Kept:
    """Keep the lease that `me` holds, until `forget`; called within an app context.

    `since` is the running clock's moment before it was taken: without one it was taken just now.
    """
    seconds, taken = float(setting("LEASE_SECONDS")), time.monotonic() if since is None else since
    kept = Kept(host.alone(), seconds, table, row_id, me, taken)
    KEEPER.add(kept)
    return kept


def forget(kept: Kept) -> None:
    """Keep it no longer."""
    KEEPER.remove(kept)


@contextmanager
def keeping(table: type[ClaimedRow], row_id: int, me: str, since: float | None = None) -> Iterator[Kept]:
    """Keep the lease of a row while the block runs; see `keep`."""
    kept = keep(table, row_id, me, since)
    try:
        yield kept
    finally:
        forget(kept)


@contextmanager
def holding(table: type[ClaimedRow], row_id: int, busy: str) -> Iterator[None]:
    """Hold what a worker holds while it works on the row, though it may wait after a failure; raises Busy with `busy`
    while one does. Commits.
    """
    me = leases.holder()
    with host.unit() as session:
        # What waits after a failure is nobody's: it need not wait any longer.
        waits = update(table).where(table.id == row_id, table.claimed_by.is_(None))
        session.execute(waits.values(free_at=0.0))
        if not leases.take(session, table, row_id, me):
            raise Busy(busy)
    try:
        with keeping(table, row_id, me):
            yield
    finally:
        host.end_reads()
        leases.let_go_alone(host.alone(), table, row_id, me)

"""A worker's heartbeat: a row of its own that says where it runs and when it was last seen."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import SQLAlchemyError

from kits import host
from kits.engines import write_alone, writing_alone
from shop.watching.tables import Worker
from shop.work import leases
from shop.work.leases import database_seconds

EVERY_SECONDS = 10.0
KEPT_SECONDS = 86_400.0


class Heart:
    """Beats for one worker; called within an app context, outside any transaction."""

    def __init__(self) -> None:
        self.name = leases.holder()
        self._next = 0.0

    def beat(self, in_hand: int) -> None:
        """Say that the worker is here, with so many rows in hand; every ten seconds at most. Commits."""
        if time.monotonic() < self._next:
            return
        mine = update(Worker).where(Worker.name == self.name)
        if not write_alone(host.alone(), mine.values(seen=database_seconds(), in_hand=in_hand)):
            self._enter(in_hand)
        self._next = time.monotonic() + EVERY_SECONDS

    def end(self) -> None:
        """It stopped in good order. A database that is away learns it by not seeing it any more. Commits."""
        gone = {"seen": database_seconds(), "ended": database_seconds(), "in_hand": 0}
        with suppress(SQLAlchemyError):
            write_alone(host.alone(), update(Worker).where(Worker.name == self.name).values(**gone))

    def _enter(self, in_hand: int) -> None:
        """Enter it, and clear those that nobody has seen for a day."""
        here = {"host": socket.gethostname()[:255], "pid": os.getpid(), "in_hand": in_hand}
        seen = {"started": database_seconds(), "seen": database_seconds()}
        with writing_alone(host.alone()) as connection:
            connection.execute(delete(Worker).where(Worker.seen < database_seconds() - KEPT_SECONDS))
            connection.execute(insert(Worker).values(name=self.name, **here, **seen))

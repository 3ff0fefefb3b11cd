"""The sandbox's clock: it ticks with real time, and can be moved forward only."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from shop.sandbox.store.database import Database


class Clock:
    """Business time in epoch seconds; the distance to real time is kept in the database."""

    def __init__(self, database: Database, begins: float | None = None) -> None:
        """`begins` is the time a new state starts at, in epoch seconds; a kept state goes on where it was."""
        self._database = database
        self._lock = threading.Lock()
        first = 0.0 if begins is None else begins - time.time()
        self._ahead = float(database.setting("clock_ahead", repr(first)))
        database.set("clock_ahead", repr(self._ahead))

    def now(self) -> int:
        """Whole epoch seconds of the sandbox's time."""
        return int(time.time() + self._ahead)

    def move_to(self, moment: float) -> int:
        """Go forward to `moment` (epoch seconds) and say what time it is; an earlier moment changes nothing."""
        with self._lock:
            ahead = moment - time.time()
            if ahead > self._ahead:
                self._ahead = ahead
                self._database.set("clock_ahead", repr(ahead))
        return self.now()


def read_moment(text: str | float) -> float:
    """Epoch seconds from a number or an ISO-8601 text (a naive one is UTC); ValueError for anything else."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(str(text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def iso(moment: float) -> str:
    """ISO-8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat()

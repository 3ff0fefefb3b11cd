"""What the sandbox does by itself: deliver events, expire sessions, forget old keys."""

from __future__ import annotations

import logging
import threading

from shop.sandbox.checkout.ending import expire_due
from shop.sandbox.clock import Clock
from shop.sandbox.events.delivery import Deliverer
from shop.sandbox.store.database import Database
from shop.sandbox.store.documents import Unit
from shop.sandbox.store.replies import forget_old_replies

ROUND = 0.25
"""Seconds between two rounds when nobody wakes us."""
log = logging.getLogger(__name__)


class Background:
    """Two threads, so that a slow endpoint never holds up the expiry of sessions."""

    def __init__(self, database: Database, clock: Clock, deliverer: Deliverer) -> None:
        self._database = database
        self._clock = clock
        self._deliverer = deliverer
        self._awake = threading.Event()
        self._stopped = threading.Event()
        duties = (self._deliver, self._tidy)
        self._threads = [threading.Thread(target=self._repeat, args=(duty,), daemon=True) for duty in duties]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something may be due."""
        self._awake.set()

    def stop(self) -> None:
        """End after the round in hand."""
        self._stopped.set()
        self._awake.set()
        for thread in self._threads:
            thread.join(timeout=15)

    def _repeat(self, duty: object) -> None:
        if not callable(duty):
            raise TypeError(duty)
        while not self._stopped.is_set():
            try:
                duty()
            except Exception:
                log.exception("The sandbox's background work failed; it goes on")
                self._stopped.wait(ROUND)

    def _deliver(self) -> None:
        self._awake.clear()
        if not self._deliverer.deliver_due(self._clock.now):
            self._awake.wait(ROUND)

    def _tidy(self) -> None:
        with self._database.transaction() as connection:
            expired = expire_due(Unit(connection, self._clock.now()))
            forget_old_replies(connection)
        if expired:
            self.wake()
        else:
            self._stopped.wait(ROUND)

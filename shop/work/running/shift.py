"""A worker's time at work: it looks for what is due, hands it out to its threads, and ends in good order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from kits import host
from kits.settings import setting
from shop.environment import standing
from shop.watching.workers import Heart
from shop.work.running import looking, performing
from shop.work.running.hands import Hands
from shop.work.running.performing import Now

if TYPE_CHECKING:
    from shop.work.duties import Duty

log = logging.getLogger("refillery.work")
IDLE_SECONDS = 1.0
TELL_SECONDS = 60.0
PATIENCE = 90.0
BREATH = 0.05
"""Seconds between two looks for more while rows are in hand, and for being told to stop."""
LOW, FULL = 2, 4
"""So many rows a thread and duty are claimed ahead: filled up to FULL when fewer than LOW are left."""


class Shift:
    """The duties that are worked, the threads that perform them, and the event that ends it."""

    def __init__(self, duties: Sequence[Duty], now: Now, hands: Hands, stop: threading.Event) -> None:
        self._duties, self._now, self._hands, self._stop = duties, now, hands, stop
        self._heart = Heart()
        self._told = -TELL_SECONDS

    def work(self, *, once: bool) -> int:
        """Work until told to stop, with `once` only until nothing is due; how many rows were done. Ends the threads."""
        try:
            self._until_nothing_is_due() if once else self._until_told()
        finally:
            left = self._hands.close(float(setting("STOP_SECONDS")))
            self._heart.end()
            if left:
                log.warning("%s rows were still in hand when the time to stop was over; their leases run out", left)
        return self._hands.done

    def _until_told(self) -> None:
        while not self._stop.is_set():
            if not self._may_work() or not self._hand_out():
                self._stop.wait(IDLE_SECONDS)

    def _may_work(self) -> bool:
        """False in a copy, or with another account's key: it is told once a minute what to do, and looked again."""
        try:
            standing.permit(self._now)
        except standing.OtherEnvironment as error:
            if time.monotonic() - self._told >= TELL_SECONDS:
                self._told = time.monotonic()
                log.error("%s", error)
            return False
        except SQLAlchemyError:
            log.exception("The database did not answer")
            host.end_reads()
            return False
        return True

    def _until_nothing_is_due(self) -> None:
        """As `run_once` says: what waits is waited for, as long as something is done every now and then."""
        done, quiet_since = 0, time.monotonic()
        while not self._stop.is_set():
            standing.permit(self._now)
            busy = self._hand_out()
            if busy or self._hands.done > done:
                done, quiet_since = self._hands.done, time.monotonic()
            if busy:
                continue
            wait = looking.soonest(self._duties, self._now())
            if wait is None or time.monotonic() - quiet_since + wait > PATIENCE:
                return
            self._stop.wait(min(wait + 0.02, IDLE_SECONDS))

    def _hand_out(self) -> bool:
        """Claim what is due and wait until the threads want more; False when there was nothing, and is nothing."""
        try:
            self._heart.beat(self._hands.in_hand)
            given = sum(map(self._claim, self._found()))
        except SQLAlchemyError:
            # The database is away or busy: whatever is claimed becomes free by itself, and a later look goes on.
            log.exception("The database did not answer")
            host.end_reads()
            self._stop.wait(IDLE_SECONDS)
            given = 0
        if not given and not self._hands.in_hand:
            return False
        self._wait((1 + LOW) * self._hands.number if given else self._hands.in_hand)
        if not given:
            self._stop.wait(BREATH)
        return True

    def _wait(self, fewer_than: int) -> None:
        """Until fewer rows are in hand, for a second at most: meanwhile another duty may have got work."""
        until = time.monotonic() + IDLE_SECONDS
        while time.monotonic() < until and not self._stop.is_set() and not self._hands.wait(fewer_than, BREATH):
            pass

    def _found(self) -> list[Duty]:
        hungry = [duty for duty in self._duties if self._hands.waiting(duty.name) < LOW * self._hands.number]
        return looking.every(hungry, self._now())

    def _claim(self, duty: Duty) -> int:
        room = FULL * self._hands.number - self._hands.waiting(duty.name)
        rows = performing.claimed(duty, self._now(), room)
        self._hands.take(rows)
        return len(rows)

"""Threads that perform rows side by side, fairly between duties.

Each row has an app context of its own, and so a session of its own. The next
row is taken from the duties by turns, and no duty has all the threads: a mail
server that hangs does not stop the charges.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from shop.work.running import performing
from shop.work.running.performing import InHand, Now

if TYPE_CHECKING:
    from shop.work.duties import Told

log = logging.getLogger("refillery.work")


class Hands:
    """`number` threads for rows of duties; `told` hears of each row that was worked, in whichever thread."""

    def __init__(self, app: Flask, number: int, now: Now, told: Told) -> None:
        self.number = number
        self.done = 0
        self._app, self._now, self._told = app, now, told
        self._most = max(1, number - 1)
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[InHand]] = {}
        self._busy: Counter[str] = Counter()
        self._closed = False
        self._threads = [threading.Thread(target=self._run, name=f"hand {n}", daemon=True) for n in range(number)]
        for thread in self._threads:
            thread.start()

    def take(self, rows: Iterable[InHand]) -> None:
        """Have these rows performed."""
        with self._changed:
            for row in rows:
                self._waiting.setdefault(row.duty.name, deque()).append(row)
            self._changed.notify_all()

    def waiting(self, name: str | None = None) -> int:
        """How many rows, of one duty or of all, are not begun."""
        with self._changed:
            return sum(len(rows) for of, rows in self._waiting.items() if name in (None, of))

    @property
    def in_hand(self) -> int:
        """How many rows are taken and not finished."""
        with self._changed:
            return self._count()

    def wait(self, fewer_than: int, seconds: float) -> bool:
        """Wait until fewer rows than that are taken and not finished; False when it took longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count() < fewer_than, seconds)

    def close(self, seconds: float) -> int:
        """Give back what is not begun and wait so long for what is; returns how many rows are still in hand."""
        with self._changed:
            self._closed = True
            left = [row for rows in self._waiting.values() for row in rows]
            self._waiting.clear()
            self._changed.notify_all()
        _give_back(left)
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return self.in_hand

    def _count(self) -> int:
        return self._busy.total() + sum(map(len, self._waiting.values()))

    def _run(self) -> None:
        while (row := self._next()) is not None:
            done = False
            try:
                with self._app.app_context():
                    done = performing.perform(row, self._now)
            except Exception:  # the database is away: its lease ends by itself
                log.exception("%s %s: it could not be worked", *_named(row))
            self._finished(row, done)

    def _next(self) -> InHand | None:
        with self._changed:
            while not self._closed:
                for name in list(self._waiting):
                    if self._busy[name] < self._most:
                        return self._begun(name)
                self._changed.wait()
            return None

    def _begun(self, name: str) -> InHand:
        rows = self._waiting.pop(name)
        row = rows.popleft()
        if rows:
            self._waiting[name] = rows  # behind the others: it is their turn
        self._busy[name] += 1
        return row

    def _finished(self, row: InHand, done: bool) -> None:
        try:
            self._told(row.duty, row.kept.row_id, done)
        except Exception:  # its terminal is gone, say: the work goes on
            log.exception("%s %s: nobody could be told of it", *_named(row))
        with self._changed:
            self._busy[row.duty.name] -= 1
            self.done += done
            self._changed.notify_all()


def _give_back(rows: Iterable[InHand]) -> None:
    for row in rows:
        try:
            performing.give_back(row)
        except SQLAlchemyError:
            log.warning("The database did not answer, so %s %s is free when its lease is over.", *_named(row))


def _named(row: InHand) -> tuple[str, int]:
    return row.duty.name, row.kept.row_id

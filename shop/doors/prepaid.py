"""Counting several requests at once: the first of them writes them all down, the others are served from that.

The numbers that are handed out are the database's own, each of them once, so
never more are let in than a window allows. What was written down and is not
used when the window ends is lost: an address whose requests meet several
processes may be turned away a little early.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

from flask import current_app

from shop.doors.limit_storage import DatabaseStorage

SHARE, MOST = 20, 100
"""One in twenty of what a window allows is counted at once, and no more than a hundred."""
KEYS = 10_000
"""So many addresses a process knows at a time."""
_KEY = "refillery_prepaid"


@dataclass
class _Book:
    """What this process may still hand out: by key the numbers, and until when by its own steady clock."""

    known: OrderedDict[str, tuple[Iterator[int], float]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)
    process: int = field(default_factory=os.getpid)

    def next(self, key: str) -> int | None:
        """A number of a window that surely runs still."""
        with self.lock:
            numbers, ends = self.known.get(key, (iter(()), 0.0))
            found = next(numbers, None) if time.monotonic() < ends else None
            if found is None:
                self.known.pop(key, None)
            return found

    def keep(self, key: str, numbers: Iterator[int], ends: float) -> None:
        """Hand these out from now on."""
        with self.lock:
            self.known[key] = numbers, ends
            if len(self.known) > KEYS:
                self.known.popitem(last=False)


class PrepaidStorage(DatabaseStorage):
    """The same windows; of each, `allowed` says how many may be counted at once."""

    def __init__(self, allowed: int) -> None:
        super().__init__()
        self._at_once = max(1, min(MOST, allowed // SHARE))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more in the window of `expiry` seconds; returns the count."""
        if amount != 1 or self._at_once == 1:
            return super().incr(key, expiry, amount)
        found = _book().next(key)
        return self._several(key, expiry) if found is None else found

    def _several(self, key: str, expiry: int) -> int:
        asked = time.monotonic()  # before the database reckoned what is left, so that no number outlives its window
        count, left = self.counted(key, expiry, self._at_once)
        numbers = iter(range(count - self._at_once + 1, count + 1))
        first = next(numbers)
        _book().keep(key, numbers, asked + left)
        return first


def _book() -> _Book:
    found: _Book | None = current_app.extensions.get(_KEY)
    if found is None or found.process != os.getpid():  # what was kept before a fork is the parent's
        found = current_app.extensions[_KEY] = _Book()
    return found

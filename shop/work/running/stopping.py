"""Ending a worker: a first SIGTERM or Ctrl-C lets it finish what it has in hand, a second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that the first signal within the block sets; a second one ends the process. For the main thread."""
    stop, before = threading.Event(), {number: signal.getsignal(number) for number in SIGNALS}

    def first(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        # Not here: the thread that is interrupted may be just about to wait for the event, and hold its lock.
        threading.Thread(target=stop.set, daemon=True).start()

    for number in SIGNALS:
        signal.signal(number, first)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

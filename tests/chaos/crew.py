"""Worker processes that are killed and started again, as whoever runs them would do it."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.servers.shop_server import Process, Start

WORDS = ("flask", "--app", "wsgi", "shop", "work")


class Crew:
    """`killed` counts those that we have killed, `died` those that ended by themselves, which none may."""

    def __init__(self, start: Start, environment: Mapping[str, str], log: Path, size: int) -> None:
        self._start, self._environment, self.log, self._size = start, environment, log, size
        self._at_work: list[Process] = []
        self.killed = self.died = 0

    def tend(self) -> None:
        """See to it that all are at work."""
        gone = [worker for worker in self._at_work if worker.poll() is not None]
        self.died += len(gone)
        self._at_work = [worker for worker in self._at_work if worker not in gone]
        while len(self._at_work) < self._size:
            self._at_work.append(self._start(self._environment, WORDS, self.log, self.log))

    def kill(self, chance: random.Random) -> None:
        """Kill one of them, whatever it is doing, and start another."""
        worker = self._at_work.pop(chance.randrange(len(self._at_work)))
        end(worker)
        self.killed += 1
        self.tend()

    def stop(self, patience: float = 60.0) -> None:
        """Tell them to stop, and wait until they have: each finishes what it has in hand."""
        for worker in self._at_work:
            os.kill(worker.pid, signal.SIGTERM)
        self.died += sum(worker.wait(patience) != 0 for worker in self._at_work)
        self._at_work.clear()

    def end(self) -> None:
        """Kill all that are left."""
        for worker in self._at_work:
            end(worker)


def end(process: Process) -> None:
    """Kill a process and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait(10)

"""Many at once: threads that each have an app context, and start on one signal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

PATIENCE = 60.0


def at_once(app: Flask, works: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of `works` returned or raised, in their order; all are begun at the same moment."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        with app.app_context():
            gate.wait(PATIENCE)
            try:
                return work()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works, timeout=PATIENCE))

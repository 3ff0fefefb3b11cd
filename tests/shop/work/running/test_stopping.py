"""A signal ends a worker in good order, whenever it comes."""

from __future__ import annotations

import os
import signal

from shop.work.running.stopping import stopped_by_signals


def test_a_signal_that_comes_while_the_worker_begins_to_wait_for_one_is_heard() -> None:
    with stopped_by_signals() as stop:
        with stop._cond:  # as `wait` holds it for a moment
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)

"""A worker that kills itself with SIGKILL at a named point: `python -m tests.journeys.killing.worker POINT`.

It works one run as `flask shop work --once` does, on the environment's settings.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from shop.payments import attempts, charge, settle
from shop.payments.gateway.account import StripeGateway
from shop.registers import registers
from shop.work import duties
from shop.work.running import performing
from wsgi import create_app

ON_ITS_WAY = 0.4
"""Seconds after which a request has left and its answer, delayed by the sandbox, has not come."""


def die(*_: object, **__: object) -> NoReturn:
    """As `kill -9` does: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def after(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Die when `owner.name` has returned."""
    real = getattr(owner, name)

    def call(*args: Any, **more: Any) -> Any:
        answer = real(*args, **more)
        return die() if when(*args, **more) else answer

    setattr(owner, name, call)


def before(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Die when `owner.name` is called."""
    real = getattr(owner, name)
    setattr(owner, name, lambda *args, **more: die() if when(*args, **more) else real(*args, **more))


def during(owner: Any, name: str) -> None:
    """Die while `owner.name` waits for its answer."""
    real = getattr(owner, name)

    def call(*args: Any, **more: Any) -> Any:
        threading.Timer(ON_ITS_WAY, die).start()
        return real(*args, **more)

    setattr(owner, name, call)


POINTS: dict[str, Callable[[], None]] = {
    "after the claim": lambda: before(performing, "perform", lambda row, *_: row.duty.name == "refill"),
    "after the attempt row": lambda: before(charge, "_charged"),
    "after the intent was created": lambda: after(StripeGateway, "create_intent"),
    "after its id was kept": lambda: after(attempts, "note_intent"),
    "while the confirmation is out": lambda: during(StripeGateway, "confirm_intent"),
    "after the answer, before it is recorded": lambda: after(StripeGateway, "confirm_intent"),
    "while it is recorded": lambda: after(settle, "pay"),
    "after it was recorded": lambda: after(settle, "settle"),
    "after the refund was made": lambda: after(StripeGateway, "refund"),
}


def main(point: str) -> None:
    """Work until nothing is due or death comes."""
    POINTS[point]()
    with create_app().app_context():
        duties.run_once(registers().duties)


if __name__ == "__main__":
    main(sys.argv[1])

"""Faults that a test asks for: lost requests, lost answers, errors, delays."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass
from typing import Any

MODES = ("lose_request", "lose_response", "http_500", "http_409", "http_429", "delay")


@dataclass(slots=True)
class Fault:
    """What befalls the operation `on`: the next `times` calls, or each with the chance `rate` (0 to 1).

    `seconds` is how long mode `delay` waits before it executes.
    """

    on: str
    mode: str
    times: int | None = 1
    rate: float | None = None
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """As it was asked for, with the times that are left."""
        return asdict(self)


class Faults:
    """At most one fault an operation; a new one replaces it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_operation: dict[str, Fault] = {}
        # Chance, not secrecy: which call fails need not be unguessable.
        self._chance = random.Random()  # noqa: S311

    def put(self, fault: Fault) -> None:
        """From now on, this one."""
        with self._lock:
            self._by_operation[fault.on] = fault

    def clear(self) -> None:
        """None any more."""
        with self._lock:
            self._by_operation.clear()

    def waiting(self) -> list[Fault]:
        """Those that may still strike."""
        with self._lock:
            return list(self._by_operation.values())

    def strike(self, operation: str) -> Fault | None:
        """The fault for this call, if any; it is used up by one."""
        with self._lock:
            fault = self._by_operation.get(operation)
            if fault is None or (fault.rate is not None and self._chance.random() >= fault.rate):
                return None
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    del self._by_operation[operation]
            return fault

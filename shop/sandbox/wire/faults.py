"""Faults that a test asks for: lost requests, lost answers, errors, delays."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

MODES = ("lose_request", "lose_response", "http_500", "http_409", "http_429", "lock_timeout", "delay")
EVERY = "*"
"""What a mix is on that befalls every operation without one of its own."""


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


@dataclass(frozen=True, slots=True)
class Mix:
    """Several faults of `on` at once: each mode with its chance, at most one a call; `seconds` is how long one delays.

    The n-th call of an operation meets the same fault whenever the `seed` is the same; without one, whichever.
    """

    on: str
    rates: dict[str, float]
    seed: int | None = None
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """As it was asked for."""
        return asdict(self)

    def drawn(self, luck: float) -> Fault | None:
        """The fault for a call whose luck is from 0 to 1."""
        for mode, rate in self.rates.items():
            if luck < rate:
                return Fault(self.on, mode, seconds=self.seconds)
            luck -= rate
        return None


class Faults:
    """At most one fault and one mix an operation; a new one replaces it. A fault comes before the mix.

    `struck` counts what befell calls so far, by mode.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_operation: dict[str, Fault] = {}
        self._mixes: dict[str, Mix] = {}
        # Chance, not secrecy: which call fails need not be unguessable.
        self._chance = random.Random()  # noqa: S311
        self._chances: dict[str, random.Random] = {}
        self.struck: Counter[str] = Counter()

    def put(self, fault: Fault | Mix) -> None:
        """From now on, this one."""
        with self._lock:
            if isinstance(fault, Mix):
                self._mixes[fault.on] = fault
                self._chances.clear()
            else:
                self._by_operation[fault.on] = fault

    def clear(self) -> None:
        """None any more."""
        with self._lock:
            self._by_operation.clear()
            self._mixes.clear()

    def waiting(self) -> list[Fault | Mix]:
        """Those that may still strike."""
        with self._lock:
            return [*self._by_operation.values(), *self._mixes.values()]

    def strike(self, operation: str) -> Fault | None:
        """The fault for this call, if any; it is used up by one."""
        with self._lock:
            fault = self._alone(operation) or self._mixed(operation)
            if fault is not None:
                self.struck[fault.mode] += 1
            return fault

    def _alone(self, operation: str) -> Fault | None:
        fault = self._by_operation.get(operation)
        if fault is None or (fault.rate is not None and self._chance.random() >= fault.rate):
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                del self._by_operation[operation]
        return fault

    def _mixed(self, operation: str) -> Fault | None:
        mix = self._mixes.get(operation) or self._mixes.get(EVERY)
        if mix is None:
            return None
        if operation not in self._chances:
            # Each operation draws for itself: how threads take turns between operations does not matter.
            seed = None if mix.seed is None else f"{mix.seed} {operation}"
            self._chances[operation] = random.Random(seed)  # noqa: S311
        return mix.drawn(self._chances[operation].random())

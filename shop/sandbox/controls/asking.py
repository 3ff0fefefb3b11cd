"""Reads the faults that tests ask for."""

from __future__ import annotations

from typing import Any

from shop.sandbox.events.disorder import Disorder
from shop.sandbox.wire.faults import EVERY, MODES, Fault, Mix
from shop.sandbox.wire.operations import BY_NAME


def read_fault(said: dict[str, Any]) -> Fault | Mix:
    """The fault asked for, or with `rates` the mix; ValueError or KeyError when it makes no sense.

    Without `times` and `rate`: once.
    """
    if "rates" in said:
        return _mix(said)
    on, mode = said["on"], said["mode"]
    if on not in BY_NAME:
        raise ValueError(f"no such operation: {on}")
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}")
    rate = float(said["rate"]) if said.get("rate") is not None else None
    if rate is not None and not 0 <= rate <= 1:
        raise ValueError("rate must be from 0 to 1")
    times = said.get("times")
    count = int(times) if times is not None else (None if rate is not None else 1)
    if count is not None and count < 1:
        raise ValueError("times must be 1 or more")
    seconds = float(said.get("seconds", 0))
    if not 0 <= seconds <= 3600:
        raise ValueError("seconds must be from 0 to 3600")
    return Fault(on, mode, count, rate, seconds)


def _mix(said: dict[str, Any]) -> Mix:
    on, rates = said["on"], {str(mode): float(rate) for mode, rate in dict(said["rates"]).items()}
    if on != EVERY and on not in BY_NAME:
        raise ValueError(f"no such operation: {on}")
    if not set(rates) <= set(MODES) - {"delay"}:
        raise ValueError(f"a mix is of {', '.join(mode for mode in MODES if mode != 'delay')}")
    if min(rates.values(), default=0) < 0 or sum(rates.values()) > 1:
        raise ValueError("rates must be 0 or more, and 1 at most together")
    return Mix(on, rates, None if said.get("seed") is None else int(said["seed"]))


def read_disorder(said: dict[str, Any]) -> Disorder:
    """How deliveries are to be disturbed; ValueError when it makes no sense."""
    chances = {name: float(said.get(name, 0)) for name in ("duplicate", "delay", "seconds")}
    if not all(0 <= chances[name] <= 1 for name in ("duplicate", "delay")):
        raise ValueError("duplicate and delay must be from 0 to 1")
    if not 0 <= chances["seconds"] <= 3600:
        raise ValueError("seconds must be from 0 to 3600")
    return Disorder(**chances, seed=None if said.get("seed") is None else int(said["seed"]))

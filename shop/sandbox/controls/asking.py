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
    return Fault(on, mode, count, rate, _seconds(said))


def _mix(said: dict[str, Any]) -> Mix:
    on, rates = said["on"], {str(mode): float(rate) for mode, rate in dict(said["rates"]).items()}
    if on != EVERY and on not in BY_NAME:
        raise ValueError(f"no such operation: {on}")
    if not set(rates) <= set(MODES):
        raise ValueError(f"a mix is of {', '.join(MODES)}")
    if min(rates.values(), default=0) < 0 or sum(rates.values()) > 1:
        raise ValueError("rates must be 0 or more, and 1 at most together")
    return Mix(on, rates, _seed(said), _seconds(said))


def read_disorder(said: dict[str, Any]) -> Disorder:
    """How deliveries are to be disturbed; ValueError when it makes no sense."""
    duplicate, delay = (float(said.get(name, 0)) for name in ("duplicate", "delay"))
    if not (0 <= duplicate <= 1 and 0 <= delay <= 1):
        raise ValueError("duplicate and delay must be from 0 to 1")
    return Disorder(duplicate, delay, _seconds(said), _seed(said))


def _seconds(said: dict[str, Any]) -> float:
    seconds = float(said.get("seconds", 0))
    if not 0 <= seconds <= 3600:
        raise ValueError("seconds must be from 0 to 3600")
    return seconds


def _seed(said: dict[str, Any]) -> int | None:
    return None if said.get("seed") is None else int(said["seed"])

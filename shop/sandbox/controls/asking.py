"""Reads the faults that tests ask for."""

from __future__ import annotations

from typing import Any

from shop.sandbox.wire.faults import MODES, Fault
from shop.sandbox.wire.operations import BY_NAME


def read_fault(said: dict[str, Any]) -> Fault:
    """The fault asked for; ValueError or KeyError when it makes no sense. Without `times` and `rate`: once."""
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

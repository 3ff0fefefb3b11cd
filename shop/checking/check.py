"""One thing that is looked at before a shop sells: well, worth a look, or missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Level = Literal["well", "look", "missing"]
WELL: Level = "well"
LOOK: Level = "look"
MISSING: Level = "missing"


@dataclass(frozen=True)
class Found:
    """How one thing stands: `says` is a sentence that tells what to do where it is not `well`.

    `endpoint` and `about` name the page where it is put right, if there is one. Nothing secret stands in it.
    """

    title: str
    level: Level
    says: str
    endpoint: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[datetime], Iterable[Found]]
"""Given now, how the things stand that a room needs in order to sell. Reads only, and asks nobody but the database."""


def told(title: str, problem: str, well: str, *, level: Level = MISSING, endpoint: str = "") -> Found:
    """`problem` as a sentence, or that it is `well` where there is none."""
    return Found(title, level if problem else WELL, problem or well, endpoint)

"""When an alarm is raised, told again, and over: pure decisions. Times are seconds by the database's clock.

What is wrong for a moment is nobody's business: a clock that jumps, a worker
that starts. So an alarm is raised, and over, once that has lasted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

AGAIN = 86_400.0
"""Once a day it is told again while it lasts."""
Word = Literal["raised", "still", "over"]


@dataclass(frozen=True)
class Standing:
    """`raised` since when, `told` when last; `changed`: since when it looks otherwise than it was told."""

    changed: float | None = None
    raised: float | None = None
    told: float | None = None


def after(was: Standing, wrong: bool, at: float, patience: float) -> tuple[Standing, Word | None]:
    """How it stands after a look that found it `wrong` or well, and what its owner is told now."""
    if wrong == (was.raised is not None):
        if wrong and at - (was.told or 0.0) >= AGAIN:
            return replace(was, changed=None, told=at), "still"
        return replace(was, changed=None), None
    changed = at if was.changed is None else was.changed
    if at - changed < patience:
        return replace(was, changed=changed), None
    return (Standing(raised=at, told=at), "raised") if wrong else (Standing(), "over")

"""When to look for results, as pure geometry: the spans of months that a kit's text names, on a line of time.

Positions run from 0 to 100 along the months from the first session to the last that is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPAN = re.compile(r"(?<![\d.])(\d{1,3}) ?(?:to|–|-) ?(\d{1,3}) months")


@dataclass(frozen=True)
class Span:
    """From one month to another; `x` and `width` on the line, `step` from 1."""

    step: int
    since: int
    until: int
    x: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A month that begins or ends a span."""

    month: int
    x: float


@dataclass(frozen=True)
class ResultsLine:
    """All that the drawing needs, and the words that say the same."""

    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]
    description: str


def results_line(text: str) -> ResultsLine | None:
    """The line of the spans that `text` names (`2 to 3 months`), in the order of time; None when it names none."""
    named = sorted({(int(since), int(until)) for since, until in _SPAN.findall(text) if int(since) < int(until)})
    if not named:
        return None
    end = max(until for _, until in named)
    spans = tuple(
        Span(step, since, until, _at(since, end), round(_at(until, end) - _at(since, end), 2))
        for step, (since, until) in enumerate(named, start=1)
    )
    marks = tuple(Mark(month, _at(month, end)) for month in sorted({month for span in named for month in span}))
    said = ", ".join(f"{since} to {until}" for since, until in named)
    return ResultsLine(spans, marks, f"Counted from the first session, in months: {said}.")


def _at(month: int, end: int) -> float:
    return round(100 * month / end, 2)

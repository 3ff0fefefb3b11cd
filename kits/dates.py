"""Days as a person reads them."""

from __future__ import annotations

from datetime import date


def written(day: date) -> str:
    """A day in full, e.g. `Sun 4 April 2027`."""
    return f"{day:%a} {day.day} {day:%B} {day.year}"


def short(day: date) -> str:
    """A day where its year is known, e.g. `4 Apr`."""
    return f"{day.day} {day:%b}"

"""Days as a person reads them."""

from __future__ import annotations

from datetime import date


def written(day: date) -> str:
    """A day in full, e.g. `Sun 4 April 2027`."""
    return f"{day:%a} {day.day} {day:%B} {day.year}"


def short(day: date) -> str:
    """A day where its year is known, e.g. `4 Apr`."""
    return f"{day.day} {day:%b}"


def iso(when: date | None) -> str | None:
    """A day or a moment as JSON has it, e.g. `2027-04-04`."""
    return None if when is None else when.isoformat()

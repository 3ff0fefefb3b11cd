"""Counted things in words."""

from __future__ import annotations


def boxes(count: int) -> str:
    """`1 box`, `2 boxes`."""
    return "1 box" if count == 1 else f"{count} boxes"


def weeks(count: int) -> str:
    """`1 week`, `2 weeks`."""
    return "1 week" if count == 1 else f"{count} weeks"

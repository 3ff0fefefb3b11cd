"""Tables for spreadsheets: no cell of ours is taken for a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Iterable[object]) -> str:
    """One line of a CSV file, with its end. Texts that begin as a formula does get an apostrophe; None is empty."""
    written = StringIO(newline="")
    csv.writer(written).writerow([_safe(cell) for cell in cells])
    return written.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell

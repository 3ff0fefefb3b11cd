"""Addresses that no row can have."""

from __future__ import annotations

from typing import Any

from kits.errors import NotFound

LARGEST_ID = 2**63 - 1


def only_possible(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A URL value preprocessor: raises NotFound for what no column takes.

    That is NUL and other control characters, which PostgreSQL refuses, and
    numbers that no id can be.
    """
    if not all(_possible(value) for value in (values or {}).values()):
        raise NotFound("There is no such page.")


def _possible(value: Any) -> bool:
    if isinstance(value, int):
        return value <= LARGEST_ID
    return not isinstance(value, str) or value.isprintable()

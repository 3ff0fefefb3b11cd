"""Addresses that no row can have."""

from __future__ import annotations

from typing import Any

from kits.errors import NotFound


def only_printable(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A URL value preprocessor: raises NotFound for NUL and other control characters, which PostgreSQL refuses."""
    if any(isinstance(value, str) and not value.isprintable() for value in (values or {}).values()):
        raise NotFound("There is no such page.")

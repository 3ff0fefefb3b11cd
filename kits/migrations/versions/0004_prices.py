"""Prices that are announced before they hold for running plans."""

from __future__ import annotations

revision = "kits_0004"
down_revision = "kits_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the room that it is for."""

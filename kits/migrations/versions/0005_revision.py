"""The catalogue counts its changes."""

from __future__ import annotations

revision = "kits_0005"
down_revision = "kits_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

"""What is watched, and what has been said of it."""

from __future__ import annotations

revision = "shop_0012"
down_revision = "shop_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what it is for."""

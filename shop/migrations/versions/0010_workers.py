"""Workers that share one budget of requests, and are seen."""

from __future__ import annotations

revision = "shop_0010"
down_revision = "shop_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what it is for."""

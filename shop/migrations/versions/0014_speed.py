"""What the speed of billing asks of the tables."""

from __future__ import annotations

revision = "shop_0014"
down_revision = "shop_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

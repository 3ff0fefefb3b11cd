"""Tables of: returns."""

from __future__ import annotations

revision = "shop_0007"
down_revision = "shop_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

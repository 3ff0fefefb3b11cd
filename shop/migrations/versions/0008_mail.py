"""Tables of: mail."""

from __future__ import annotations

revision = "shop_0008"
down_revision = "shop_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

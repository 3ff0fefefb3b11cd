"""Tables of: papers."""

from __future__ import annotations

revision = "shop_0005"
down_revision = "shop_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

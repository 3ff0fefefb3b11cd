"""Tables of: customers."""

from __future__ import annotations

revision = "shop_0006"
down_revision = "shop_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

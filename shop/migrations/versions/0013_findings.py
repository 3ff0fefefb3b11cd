"""What a comparison with Stripe found."""

from __future__ import annotations

revision = "shop_0013"
down_revision = "shop_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

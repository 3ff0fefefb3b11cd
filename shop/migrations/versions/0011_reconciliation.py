"""What the shop and Stripe do not agree on, and which account this database bills."""

from __future__ import annotations

revision = "shop_0011"
down_revision = "shop_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what it is for."""

"""Cards that are saved without a payment, and what is known of them."""

from __future__ import annotations

revision = "shop_0009"
down_revision = "shop_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the room that it is for."""

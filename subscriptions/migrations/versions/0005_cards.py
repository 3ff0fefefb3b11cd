"""Which cards pay a plan, and what declines led to."""

from __future__ import annotations

revision = "subscriptions_0005"
down_revision = "subscriptions_0004"
branch_labels = None
depends_on = "shop_0009"


def upgrade() -> None:
    """Filled in by the room that it is for."""

"""What the speed of billing asks of the tables."""

from __future__ import annotations

revision = "subscriptions_0009"
down_revision = "subscriptions_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

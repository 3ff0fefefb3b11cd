"""What staff repaired by hand."""

from __future__ import annotations

revision = "subscriptions_0008"
down_revision = "subscriptions_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""

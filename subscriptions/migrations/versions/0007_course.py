"""What came of a plan's refills."""

from __future__ import annotations

revision = "subscriptions_0007"
down_revision = "subscriptions_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what it is for."""

"""What happened to a plan: sessions that were logged, pauses, moved refills, changed plans."""

from __future__ import annotations

revision = "subscriptions_0004"
down_revision = "subscriptions_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the room that it is for."""

"""Under which law and at which prices a plan was agreed to."""

from __future__ import annotations

revision = "subscriptions_0006"
down_revision = "subscriptions_0005"
branch_labels = None
depends_on = "kits_0004"


def upgrade() -> None:
    """Filled in by the room that it is for."""

"""Acknowledgements of a new notice by running plans."""

from __future__ import annotations

revision = "subscriptions_0003"
down_revision = "subscriptions_0002"
branch_labels = None
depends_on = "shop_0004"


def upgrade() -> None:
    """Nothing yet."""

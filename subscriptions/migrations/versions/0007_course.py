"""What came of a plan's refills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "subscriptions_0007"
down_revision = "subscriptions_0006"
branch_labels = None
depends_on = None


UNORDERED = "state IN ('scheduled', 'notified', 'waiting_for_stock') AND order_id IS NULL"
INDEXES = (
    ("moved", "committed_on", "committed_on <> charge_on"),
    ("closed", "committed_on", f"committed_on IS NOT NULL AND NOT ({UNORDERED})"),
    ("noticed", "notice_id", "state = 'scheduled' AND notice_id IS NOT NULL"),
    ("tried", "id", "state IN ('declined', 'needs_customer')"),
)
"""What the duties of refills look for, each in an index that holds hardly a row."""


def upgrade() -> None:
    _index()


def _index() -> None:
    for name in ("moved", "closed"):
        op.drop_index(f"ix_subscriptions_refill_{name}", "subscriptions_refill")
    for name, column, rows in INDEXES:
        where = {"postgresql_where": sa.text(rows), "sqlite_where": sa.text(rows)}
        op.create_index(f"ix_subscriptions_refill_{name}", "subscriptions_refill", [column], **where)

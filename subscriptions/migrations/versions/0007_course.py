"""What came of a plan's refills: orders that were closed unpaid, boxes that were asked about; when cards were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "subscriptions_0007"
down_revision = "subscriptions_0006"
branch_labels = None
depends_on = None

TIME = tables.UTCDateTime(timezone=True)
REFILL, PLAN = "subscriptions_refill", "subscriptions_subscription"
UNORDERED = "state IN ('scheduled', 'notified', 'waiting_for_stock') AND order_id IS NULL"
INDEXES = (
    ("moved", "committed_on", "committed_on <> charge_on"),
    ("closed", "committed_on", f"committed_on IS NOT NULL AND NOT ({UNORDERED})"),
    ("noticed", "notice_id", "state = 'scheduled' AND notice_id IS NOT NULL"),
    ("tried", "id", "state IN ('declined', 'needs_customer')"),
)
"""What the duties of refills look for, each in an index that holds hardly a row."""


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def upgrade() -> None:
    _columns()
    _index()


def _columns() -> None:
    with op.batch_alter_table(REFILL) as batch_op:
        batch_op.add_column(sa.Column("reopens_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("earlier_orders", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("asked_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("asks", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table(PLAN) as batch_op:
        batch_op.add_column(sa.Column("card_seen_on", sa.Date(), nullable=True))


def _index() -> None:
    for name in ("moved", "closed"):
        op.drop_index(f"ix_subscriptions_refill_{name}", REFILL)
    for name, column, rows in INDEXES:
        op.create_index(f"ix_subscriptions_refill_{name}", REFILL, [column], **_where(rows))
    op.create_index("ix_subscriptions_refill_reopens", REFILL, ["id"], **_where("reopens_at IS NOT NULL"))
    op.create_index("ix_subscriptions_refill_asked", REFILL, ["asked_at"], **_where("asked_at IS NOT NULL"))
    running = _where("state = 'active' AND card IS NOT NULL")
    op.create_index("ix_subscriptions_subscription_card_seen", PLAN, ["card_seen_on"], **running)

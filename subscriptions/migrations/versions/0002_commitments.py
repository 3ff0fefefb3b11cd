"""Commitments, holds, recalls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "subscriptions_0002"
down_revision = "subscriptions_0001"
branch_labels = None
depends_on = "shop_0003"


UNORDERED = "state IN ('scheduled', 'notified', 'waiting_for_stock') AND order_id IS NULL"


def _index(name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_subscriptions_refill_{name}",
        "subscriptions_refill",
        [column],
        postgresql_where=where,
        sqlite_where=where,
    )


def upgrade() -> None:
    with op.batch_alter_table("subscriptions_refill", schema=None) as batch_op:
        batch_op.add_column(sa.Column("serves_until", sa.Date(), nullable=False, server_default="9999-12-31"))
        batch_op.add_column(sa.Column("committed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("committed_at", tables.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("announced", sa.JSON(none_as_null=True), nullable=True))
    _index("uncommitted", "charge_on", f"{UNORDERED} AND committed_on IS NULL")
    _index("moved", "id", "committed_on <> charge_on")
    _index("closed", "id", f"committed_on IS NOT NULL AND NOT ({UNORDERED})")
    op.create_index("ix_subscriptions_refill_committed_at", "subscriptions_refill", ["committed_at"])
    # Never too early: the duty of a refill works out its own day anew when it is charged.
    op.execute(
        "UPDATE subscriptions_refill SET serves_until = (SELECT last_session FROM subscriptions_subscription s "
        "WHERE s.id = subscriptions_refill.subscription_id)"
    )
    op.create_table(
        "subscriptions_recalled_box",
        sa.Column("recall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("shipped_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replacement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("waited_at", tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("free_at", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_subscriptions_recalled_box_positive")),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["shop_outbox_mail.id"], name=op.f("fk_subscriptions_recalled_box_mail_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_subscriptions_recalled_box_order_id")),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["kits_recall.id"], name=op.f("fk_subscriptions_recalled_box_recall_id")
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["shop_order.id"], name=op.f("fk_subscriptions_recalled_box_replacement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_recalled_box")),
        sa.UniqueConstraint("recall_id", "order_id", name=op.f("uq_subscriptions_recalled_box_recall_id_order_id")),
        sa.UniqueConstraint("replacement_id", name=op.f("uq_subscriptions_recalled_box_replacement_id")),
    )
    op.create_index("ix_subscriptions_recalled_box_order_id", "subscriptions_recalled_box", ["order_id"], unique=False)
    op.create_index("ix_subscriptions_recalled_box_state", "subscriptions_recalled_box", ["state"], unique=False)
    op.create_index("ix_subscriptions_recalled_box_waits", "subscriptions_recalled_box", ["waited_at"], unique=False)
    op.create_table(
        "subscriptions_hold",
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(length=255), nullable=False),
        sa.Column("recall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions_subscription.id"], name=op.f("fk_subscriptions_hold_subscription_id")
        ),
        sa.ForeignKeyConstraint(["recall_id"], ["kits_recall.id"], name=op.f("fk_subscriptions_hold_recall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_hold")),
        sa.UniqueConstraint(
            "subscription_id", "recall_id", name=op.f("uq_subscriptions_hold_subscription_id_recall_id")
        ),
    )
    op.create_index("ix_subscriptions_hold_recall_id", "subscriptions_hold", ["recall_id"], unique=False)
    op.create_index("ix_subscriptions_hold_open", "subscriptions_hold", ["subscription_id", "until_day"], unique=False)


def downgrade() -> None:
    for table in ("subscriptions_recalled_box", "subscriptions_hold"):
        op.drop_table(table)
    with op.batch_alter_table("subscriptions_refill") as batch_op:
        for name in ("uncommitted", "moved", "closed", "committed_at"):
            batch_op.drop_index(f"ix_subscriptions_refill_{name}")
        for column in ("announced", "committed_at", "committed_on", "serves_until"):
            batch_op.drop_column(column)

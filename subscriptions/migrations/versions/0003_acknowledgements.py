"""Acknowledgements of a new notice by running plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "subscriptions_0003"
down_revision = "subscriptions_0002"
branch_labels = None
depends_on = "shop_0004"


def upgrade() -> None:
    op.create_table(
        "subscriptions_acknowledgement",
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=255), nullable=False),
        sa.Column("asked_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("token_sha256", sa.String(length=255), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions_subscription.id"],
            name=op.f("fk_subscriptions_acknowledgement_subscription_id"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["kits_notice.id"], name=op.f("fk_subscriptions_acknowledgement_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_acknowledgement")),
        sa.UniqueConstraint(
            "subscription_id", "notice_id", name=op.f("uq_subscriptions_acknowledgement_subscription_id_notice_id")
        ),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_subscriptions_acknowledgement_token_sha256")),
    )
    op.create_index("ix_subscriptions_acknowledgement_notice_id", "subscriptions_acknowledgement", ["notice_id"])
    unanswered = sa.text("accepted_at IS NULL")
    op.create_index(
        "ix_subscriptions_acknowledgement_open",
        "subscriptions_acknowledgement",
        ["asked_at"],
        postgresql_where=unanswered,
        sqlite_where=unanswered,
    )


def downgrade() -> None:
    op.drop_table("subscriptions_acknowledgement")

"""What happened to a plan: sessions that were logged, pauses, moved refills, changed plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "subscriptions_0004"
down_revision = "subscriptions_0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
TIME = tables.UTCDateTime(timezone=True)


def upgrade() -> None:
    _alter()
    _create_log()
    _create_addresses()


def _alter() -> None:
    with op.batch_alter_table("subscriptions_subscription") as batch_op:
        batch_op.add_column(sa.Column("changed", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("subscriptions_refill") as batch_op:
        batch_op.add_column(sa.Column("told_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("moved_days", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("skipped_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("must_confirm", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("confirmed_at", TIME, nullable=True))
    # Notices that were sent before named the day that stands in the row.
    op.execute("UPDATE subscriptions_refill SET told_on = charge_on WHERE notice_id IS NOT NULL")


def _create_log() -> None:
    op.create_table(
        "subscriptions_session",
        sa.Column("subscription_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("logged_at", TIME, nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions_subscription.id"],
            name=op.f("fk_subscriptions_session_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_session")),
        sa.UniqueConstraint("subscription_id", "number", name=op.f("uq_subscriptions_session_subscription_id_number")),
    )


def _create_addresses() -> None:
    words = ("name", "line1", "line2", "city", "postcode", "country")
    op.create_table(
        "subscriptions_address",
        sa.Column("subscription_id", BIG, nullable=False),
        *(sa.Column(word, WORD, nullable=False) for word in words),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions_subscription.id"],
            name=op.f("fk_subscriptions_address_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_address")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_subscriptions_address_subscription_id")),
    )


def downgrade() -> None:
    op.drop_table("subscriptions_address")
    op.drop_table("subscriptions_session")
    with op.batch_alter_table("subscriptions_refill") as batch_op:
        for name in ("confirmed_at", "must_confirm", "skipped_at", "moved_days", "told_on"):
            batch_op.drop_column(name)
    with op.batch_alter_table("subscriptions_subscription") as batch_op:
        batch_op.drop_column("changed")

"""What is watched, and what has been said of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "shop_0012"
down_revision = "shop_0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)


def upgrade() -> None:
    _widen()
    _create_workers()
    _create_alarms()


def _widen() -> None:
    with op.batch_alter_table("shop_webhook_event") as batch_op:
        batch_op.add_column(sa.Column("problem", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_shop_webhook_event_object_id"), ["object_id"])
    still_open = sa.text("state IN ('started', 'unknown')")
    op.create_index(
        "ix_shop_payment_attempt_open",
        "shop_payment_attempt",
        ["started_at"],
        postgresql_where=still_open,
        sqlite_where=still_open,
    )
    op.create_index(op.f("ix_shop_payment_paid_at"), "shop_payment", ["paid_at"])


def _create_workers() -> None:
    op.create_table(
        "shop_worker",
        sa.Column("name", WORD, nullable=False),
        sa.Column("host", WORD, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("in_hand", sa.Integer(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_worker")),
        sa.UniqueConstraint("name", name=op.f("uq_shop_worker_name")),
    )


def _create_alarms() -> None:
    op.create_table(
        "shop_alarm",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("figure", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=True),
        sa.Column("raised", sa.Float(), nullable=True),
        sa.Column("told", sa.Float(), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_alarm")),
        sa.UniqueConstraint("kind", name=op.f("uq_shop_alarm_kind")),
    )

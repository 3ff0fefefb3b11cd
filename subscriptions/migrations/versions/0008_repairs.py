"""What staff repaired by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "subscriptions_0008"
down_revision = "subscriptions_0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = tables.UTCDateTime(timezone=True)
WORD = sa.String(length=255)


def upgrade() -> None:
    op.create_table(
        "subscriptions_repair",
        sa.Column("refill_id", BIG, nullable=False),
        sa.Column("what", WORD, nullable=False),
        sa.Column("mark", WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", WORD, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["refill_id"], ["subscriptions_refill.id"], name=op.f("fk_subscriptions_repair_refill_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_subscriptions_repair_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_repair")),
        sa.UniqueConstraint("mark", name=op.f("uq_subscriptions_repair_mark")),
        sa.UniqueConstraint("order_id", name=op.f("uq_subscriptions_repair_order_id")),
    )
    op.create_index(op.f("ix_subscriptions_repair_refill_id"), "subscriptions_repair", ["refill_id"])

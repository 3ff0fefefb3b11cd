"""The timetable."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0002"
down_revision = "shop_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shop_timetable",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("next_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("free_at", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_timetable")),
        sa.UniqueConstraint("name", name=op.f("uq_shop_timetable_name")),
    )


def downgrade() -> None:
    op.drop_table("shop_timetable")

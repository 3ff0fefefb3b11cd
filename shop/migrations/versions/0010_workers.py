"""Workers that share one budget of requests, and are seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "shop_0010"
down_revision = "shop_0009"
branch_labels = None
depends_on = None


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shop_request_budget",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.Column("closed_until", sa.Float(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_request_budget")),
        sa.UniqueConstraint("name", name=op.f("uq_shop_request_budget_name")),
    )

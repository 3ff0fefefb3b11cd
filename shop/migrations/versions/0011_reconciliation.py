"""What the shop and Stripe do not agree on, and which account this database bills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0011"
down_revision = "shop_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shop_environment",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=255), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("other_account", sa.String(length=255), nullable=True),
        sa.Column("seen_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_environment")),
    )

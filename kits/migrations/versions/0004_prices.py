"""Prices that are announced before they hold for running plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "kits_0004"
down_revision = "kits_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kits_price") as batch_op:
        batch_op.add_column(sa.Column("submission", sa.String(length=255), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_kits_price_kit_id_submission"), ["kit_id", "submission"])

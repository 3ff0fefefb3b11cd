"""What buying needs to know: weights, measures, seals, how a kit is used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables
from kits.migrations.append_only import forbid_changes

revision = "kits_0003"
down_revision = "kits_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kits_item") as batch_op:
        batch_op.add_column(sa.Column("weight_g", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("millilitres", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sealed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_check_constraint("measures", "weight_g >= 0 AND (millilitres IS NULL OR millilitres > 0)")
    with op.batch_alter_table("kits_kit") as batch_op:
        for name in ("how_to_use", "cleaning", "results"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("kits_notice") as batch_op:
        batch_op.add_column(sa.Column("submission", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", tables.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_kits_notice_kit_id_submission"), ["kit_id", "submission"])
    forbid_changes("kits_notice", "id", "kit_id", "version", "text", "sha256", "effective_from")

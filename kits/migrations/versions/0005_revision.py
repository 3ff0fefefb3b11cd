"""The catalogue says when it was changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits.migrations.marked import make_marks, mark_changes

revision = "kits_0005"
down_revision = "kits_0004"
branch_labels = None
depends_on = None

OF_ITEMS = ("sku", "name", "weight_g", "millilitres", "sealed", "retired_at", "successor_id")
"""Not `claims`: every order writes it."""


def upgrade() -> None:
    op.create_table(
        "kits_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits_revision")),
    )
    make_marks()
    mark_changes("kits_item", *OF_ITEMS)
    for table in ("kits_kit", "kits_kit_component", "kits_price", "kits_notice"):
        mark_changes(table)

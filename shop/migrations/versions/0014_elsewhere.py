"""Money that came another way than through the gateway, and what of it was paid back by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "shop_0014"
down_revision = "shop_0013"
branch_labels = None
depends_on = None

WORD = sa.String(length=255)


def upgrade() -> None:
    with op.batch_alter_table("shop_payment") as batch_op:
        batch_op.add_column(sa.Column("means", WORD, nullable=True))
        batch_op.add_column(sa.Column("reference", WORD, nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch_op.alter_column("intent_id", existing_type=WORD, nullable=True)
        batch_op.create_check_constraint("one_way", "(intent_id IS NULL) <> (means IS NULL)")
    op.add_column("shop_refund", sa.Column("reference", WORD, nullable=True))

"""Files that go with mails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "shop_0008"
down_revision = "shop_0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)


def upgrade() -> None:
    """Files that go with mails."""
    op.create_table(
        "shop_outbox_attachment",
        sa.Column("mail_id", BIG, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("media_type", WORD, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["shop_outbox_mail.id"], name=op.f("fk_shop_outbox_attachment_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_outbox_attachment")),
    )
    op.create_index("ix_shop_outbox_attachment_mail_id", "shop_outbox_attachment", ["mail_id"], unique=False)

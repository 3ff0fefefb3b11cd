"""Files that go with mails, mails that were given up, and what became of a mail before it was sent again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0008"
down_revision = "shop_0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
TIME = tables.UTCDateTime(timezone=True)


def upgrade() -> None:
    _alter_mails()
    _create_attachments()
    _create_earlier()


def _alter_mails() -> None:
    with op.batch_alter_table("shop_outbox_mail") as batch_op:
        for name in ("failing_since", "again_at", "put_away_at", "cleared_at"):
            batch_op.add_column(sa.Column(name, TIME, nullable=True))
        batch_op.add_column(sa.Column("times", sa.Integer(), nullable=False, server_default="0"))
    uncleared = sa.text("cleared_at IS NULL")
    op.create_index("ix_shop_outbox_mail_page", "shop_outbox_mail", ["state", "id"], unique=False)
    op.create_index("ix_shop_outbox_mail_to", "shop_outbox_mail", ["to", "id"], unique=False)
    op.create_index(
        "ix_shop_outbox_mail_uncleared",
        "shop_outbox_mail",
        ["sent_at"],
        unique=False,
        postgresql_where=uncleared,
        sqlite_where=uncleared,
    )


def _create_attachments() -> None:
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


def _create_earlier() -> None:
    op.create_table(
        "shop_outbox_earlier",
        sa.Column("mail_id", BIG, nullable=False),
        sa.Column("to", WORD, nullable=False),
        sa.Column("message_id", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("until", TIME, nullable=False),
        sa.Column("actor", WORD, nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["shop_outbox_mail.id"], name=op.f("fk_shop_outbox_earlier_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_outbox_earlier")),
    )
    op.create_index("ix_shop_outbox_earlier_mail_id", "shop_outbox_earlier", ["mail_id"], unique=False)

"""What a comparison with Stripe found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0013"
down_revision = "shop_0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
MOMENT = tables.UTCDateTime(timezone=True)


def upgrade() -> None:
    _widen()
    _create_comparisons()
    _create_findings()


def _widen() -> None:
    for table in ("shop_payment", "shop_refund"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("compared_in", sa.Integer(), nullable=True))
    disputed = sa.text("dispute = 'open'")
    op.create_index(
        "ix_shop_payment_disputed", "shop_payment", ["id"], postgresql_where=disputed, sqlite_where=disputed
    )


def _create_comparisons() -> None:
    counts = ("charges", "refunds", "disputes", "asked", "opened", "closed")
    op.create_table(
        "shop_comparison",
        sa.Column("actor", WORD, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_comparison")),
    )


def _create_findings() -> None:
    op.create_table(
        "shop_finding",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("about", WORD, nullable=False),
        sa.Column("order_number", WORD, nullable=True),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("currency", WORD, nullable=False),
        sa.Column("ours", WORD, nullable=False),
        sa.Column("theirs", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("seen_in", sa.Integer(), nullable=False),
        sa.Column("actor", WORD, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_finding")),
        sa.UniqueConstraint("kind", "about", name=op.f("uq_shop_finding_kind_about")),
    )
    is_open = sa.text("state = 'open'")
    op.create_index("ix_shop_finding_open", "shop_finding", ["id"], postgresql_where=is_open, sqlite_where=is_open)

"""Invoices and credit notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables
from kits.migrations.append_only import allow_changes, forbid_changes

revision = "shop_0005"
down_revision = "shop_0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)


def upgrade() -> None:
    _create_documents()
    forbid_changes("shop_document")
    op.create_table(
        "shop_document_buyer",
        sa.Column("document_id", BIG, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["shop_document.id"], name=op.f("fk_shop_document_buyer_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_document_buyer")),
        sa.UniqueConstraint("document_id", name=op.f("uq_shop_document_buyer_document_id")),
    )
    op.create_table(
        "shop_document_counter",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_document_counter")),
        sa.UniqueConstraint("kind", name=op.f("uq_shop_document_counter_kind")),
    )


def _create_documents() -> None:
    op.create_table(
        "shop_document",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=True),
        sa.Column("refund_id", BIG, nullable=True),
        sa.Column("issued_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("gross_amount", sa.Integer(), nullable=False),
        sa.Column("vat_amount", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.CheckConstraint("(payment_id IS NULL) <> (refund_id IS NULL)", name=op.f("ck_shop_document_one_cause")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_shop_document_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["shop_payment.id"], name=op.f("fk_shop_document_payment_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["shop_refund.id"], name=op.f("fk_shop_document_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_document")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_shop_document_kind_number")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_shop_document_payment_id")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_shop_document_refund_id")),
    )
    op.create_index("ix_shop_document_order_id", "shop_document", ["order_id"], unique=False)


def downgrade() -> None:
    allow_changes("shop_document")
    for table in ("shop_document_counter", "shop_document_buyer", "shop_document"):
        op.drop_table(table)

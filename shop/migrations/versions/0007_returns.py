"""Returns, why refunds were asked for, disputes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0007"
down_revision = "shop_0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
TIME = tables.UTCDateTime(timezone=True)


def upgrade() -> None:
    _create_returns()
    _create_items()
    _create_outcomes()
    _alter_money()
    with op.batch_alter_table("shop_order_line") as batch_op:
        batch_op.add_column(sa.Column("given_back_at", TIME, nullable=True))


def _create_returns() -> None:
    op.create_table(
        "shop_return",
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("submission", WORD, nullable=True),
        sa.Column("actor", WORD, nullable=False),
        sa.Column("declared_at", TIME, nullable=False),
        sa.Column("send_by", sa.Date(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("inspected_at", TIME, nullable=True),
        sa.Column("refund_by", sa.Date(), nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("shipping_amount", sa.Integer(), nullable=False),
        sa.Column("deduction", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.CheckConstraint("deduction >= 0 AND shipping_amount >= 0", name=op.f("ck_shop_return_sums")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_shop_return_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_return")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_shop_return_order_id_number")),
        sa.UniqueConstraint("submission", name=op.f("uq_shop_return_submission")),
    )
    op.create_index("ix_shop_return_state", "shop_return", ["state", "refund_by"], unique=False)


def _create_items() -> None:
    op.create_table(
        "shop_return_item",
        sa.Column("return_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.CheckConstraint(
            "units >= 0 AND opened >= 0 AND units + opened > 0", name=op.f("ck_shop_return_item_counts")
        ),
        sa.ForeignKeyConstraint(["return_id"], ["shop_return.id"], name=op.f("fk_shop_return_item_return_id")),
        sa.ForeignKeyConstraint(["line_id"], ["shop_order_line.id"], name=op.f("fk_shop_return_item_line_id")),
        sa.ForeignKeyConstraint(["item_id"], ["kits_item.id"], name=op.f("fk_shop_return_item_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_return_item")),
        sa.UniqueConstraint(
            "return_id", "line_id", "item_id", "sent", name=op.f("uq_shop_return_item_return_id_line_id_item_id_sent")
        ),
    )
    op.create_index("ix_shop_return_item_line_id", "shop_return_item", ["line_id"], unique=False)


def _create_outcomes() -> None:
    op.create_table(
        "shop_return_outcome",
        sa.Column("return_id", BIG, nullable=False),
        sa.Column("lot_id", BIG, nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("what", WORD, nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_shop_return_outcome_positive")),
        sa.ForeignKeyConstraint(["return_id"], ["shop_return.id"], name=op.f("fk_shop_return_outcome_return_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["kits_lot.id"], name=op.f("fk_shop_return_outcome_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_return_outcome")),
        sa.UniqueConstraint("return_id", "lot_id", "what", name=op.f("uq_shop_return_outcome_return_id_lot_id_what")),
    )


def _alter_money() -> None:
    with op.batch_alter_table("shop_payment") as batch_op:
        batch_op.add_column(sa.Column("disputed_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("dispute", WORD, nullable=True))
    with op.batch_alter_table("shop_refund") as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("actor", WORD, nullable=False, server_default="settle"))
        batch_op.add_column(sa.Column("return_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("ended_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("problem", sa.Text(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_shop_refund_return_id"), "shop_return", ["return_id"], ["id"])
        batch_op.create_index("ix_shop_refund_return_id", ["return_id"], unique=False)
        batch_op.create_index("ix_shop_refund_gateway_id", ["gateway_id"], unique=False)
    # Both said in words until now why they go back.
    op.execute("UPDATE shop_refund SET reason = 'paid_twice' WHERE reason = 'paid twice'")
    op.execute("UPDATE shop_refund SET reason = 'cancelled' WHERE reason = 'paid too late'")

"""Stock an admin can trust: allocation, quarantine, commitments, purchase orders, recalls, a ledger that stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables
from kits.migrations.append_only import allow_changes, forbid_changes

revision = "kits_0002"
down_revision = "kits_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _alter_what_there_is()
    _create_tables()
    forbid_changes("kits_stock_movement")


def _alter_what_there_is() -> None:
    with op.batch_alter_table("kits_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supplier", sa.String(length=255), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("lead_days", sa.Integer(), nullable=False, server_default="14"))
        batch_op.add_column(sa.Column("safety_stock", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("pack_size", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("low_at", sa.Integer(), nullable=False, server_default="10"))
        batch_op.add_column(sa.Column("retired_at", tables.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("successor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("moved_at", tables.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_kits_item_successor_id"), "kits_item", ["successor_id"], ["id"])
        batch_op.create_check_constraint(
            "ordering", "lead_days >= 0 AND safety_stock >= 0 AND pack_size > 0 AND low_at >= 0"
        )
    with op.batch_alter_table("kits_lot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supplier", sa.String(length=255), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("allocated", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("quarantined", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_kits_lot_code"), ["code"], unique=False)
        batch_op.create_check_constraint(
            "within_on_hand", "allocated >= 0 AND quarantined >= 0 AND allocated + quarantined <= on_hand"
        )
    with op.batch_alter_table("kits_reservation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(batch_op.f("ix_kits_reservation_lot_id"), ["lot_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_kits_reservation_lot_id"), "kits_lot", ["lot_id"], ["id"])
    with op.batch_alter_table("kits_stock_movement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("allocated", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("quarantined", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("key", sa.String(length=255), nullable=True))
        batch_op.create_index("ix_kits_stock_movement_item", ["item_id", "id"], unique=False)
        batch_op.create_index("ix_kits_stock_movement_kind", ["kind", "at"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_kits_stock_movement_key"), ["key"])


def _create_tables() -> None:
    op.create_table(
        "kits_purchase_order",
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("supplier", sa.String(length=255), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("submission", sa.String(length=255), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_kits_purchase_order_number")),
        sa.UniqueConstraint("submission", name=op.f("uq_kits_purchase_order_submission")),
    )
    op.create_index("ix_kits_purchase_order_state", "kits_purchase_order", ["state"], unique=False)
    op.create_table(
        "kits_commitment",
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("serves_until", sa.Date(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("made_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_kits_commitment_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["kits_item.id"], name=op.f("fk_kits_commitment_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits_commitment")),
        sa.UniqueConstraint("source", "item_id", name=op.f("uq_kits_commitment_source_item_id")),
    )
    op.create_index("ix_kits_commitment_item", "kits_commitment", ["item_id", "serves_until"], unique=False)
    op.create_table(
        "kits_forecast",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["kits_item.id"], name=op.f("fk_kits_forecast_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits_forecast")),
        sa.UniqueConstraint("item_id", name=op.f("uq_kits_forecast_item_id")),
    )
    op.create_table(
        "kits_purchase_line",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.CheckConstraint("quantity >= 0 AND received >= 0", name=op.f("ck_kits_purchase_line_counts")),
        sa.ForeignKeyConstraint(["item_id"], ["kits_item.id"], name=op.f("fk_kits_purchase_line_item_id")),
        sa.ForeignKeyConstraint(["order_id"], ["kits_purchase_order.id"], name=op.f("fk_kits_purchase_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits_purchase_line")),
    )
    op.create_index("ix_kits_purchase_line_item", "kits_purchase_line", ["item_id", "expected_on"], unique=False)
    op.create_index("ix_kits_purchase_line_order_id", "kits_purchase_line", ["order_id"], unique=False)
    op.create_table(
        "kits_recall",
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("begun_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["kits_lot.id"], name=op.f("fk_kits_recall_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits_recall")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_kits_recall_lot_id")),
    )


def downgrade() -> None:
    allow_changes("kits_stock_movement")
    for table in ("kits_recall", "kits_forecast", "kits_purchase_line", "kits_purchase_order", "kits_commitment"):
        op.drop_table(table)
    with op.batch_alter_table("kits_stock_movement") as batch_op:
        batch_op.drop_constraint("uq_kits_stock_movement_key", type_="unique")
        batch_op.drop_index("ix_kits_stock_movement_kind")
        batch_op.drop_index("ix_kits_stock_movement_item")
        for column in ("key", "note", "quarantined", "allocated"):
            batch_op.drop_column(column)
    with op.batch_alter_table("kits_reservation") as batch_op:
        batch_op.drop_constraint("fk_kits_reservation_lot_id", type_="foreignkey")
        batch_op.drop_index("ix_kits_reservation_lot_id")
        batch_op.drop_column("lot_id")
    with op.batch_alter_table("kits_lot") as batch_op:
        batch_op.drop_constraint("within_on_hand", type_="check")
        batch_op.drop_index("ix_kits_lot_code")
        for column in ("quarantined", "allocated", "supplier"):
            batch_op.drop_column(column)
    with op.batch_alter_table("kits_item") as batch_op:
        batch_op.drop_constraint("ordering", type_="check")
        batch_op.drop_constraint("fk_kits_item_successor_id", type_="foreignkey")
        for column in ("moved_at", "successor_id", "retired_at", "low_at", "pack_size", "safety_stock", "lead_days"):
            batch_op.drop_column(column)
        batch_op.drop_column("supplier")

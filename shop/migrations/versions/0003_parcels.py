"""Parcels, stock alerts, replacement orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0003"
down_revision = "shop_0002"
branch_labels = None
depends_on = "kits_0002"


def upgrade() -> None:
    _let_replacements_be_free()
    op.create_table(
        "shop_stock_alert",
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("raised_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_stock_alert")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_shop_stock_alert_kind_subject")),
    )
    op.create_table(
        "shop_parcel",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tracking", sa.String(length=255), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("shipped_at", tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_shop_parcel_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_parcel")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_shop_parcel_order_id_number")),
    )
    op.create_index("ix_shop_parcel_tracking", "shop_parcel", ["tracking"], unique=False)
    op.create_table(
        "shop_parcel_content",
        sa.Column("parcel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("movement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["kits_stock_movement.id"], name=op.f("fk_shop_parcel_content_movement_id")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["shop_parcel.id"], name=op.f("fk_shop_parcel_content_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_parcel_content")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_shop_parcel_content_movement_id")),
    )
    op.create_index("ix_shop_parcel_content_parcel_id", "shop_parcel_content", ["parcel_id"], unique=False)
    _parcels_of_what_was_shipped()


def _let_replacements_be_free() -> None:
    with op.batch_alter_table("shop_order") as batch_op:
        batch_op.drop_constraint("positive", type_="check")
        batch_op.create_check_constraint("positive", "total_amount > 0 OR kind = 'replacement'")


def _parcels_of_what_was_shipped() -> None:
    op.execute(
        "INSERT INTO shop_parcel (order_id, number, tracking, actor, shipped_at) "
        "SELECT o.id, 1, o.tracking, MIN(m.actor), o.shipped_at FROM shop_order o "
        "JOIN kits_stock_movement m ON m.order_number = o.number AND m.kind = 'ship' "
        "WHERE o.shipped_at IS NOT NULL GROUP BY o.id, o.tracking, o.shipped_at"
    )
    op.execute(
        "INSERT INTO shop_parcel_content (parcel_id, movement_id) "
        "SELECT p.id, m.id FROM shop_parcel p JOIN shop_order o ON o.id = p.order_id "
        "JOIN kits_stock_movement m ON m.order_number = o.number AND m.kind = 'ship'"
    )


def downgrade() -> None:
    for table in ("shop_parcel_content", "shop_parcel", "shop_stock_alert"):
        op.drop_table(table)
    with op.batch_alter_table("shop_order") as batch_op:
        batch_op.drop_constraint("positive", type_="check")
        batch_op.create_check_constraint("positive", "total_amount > 0")

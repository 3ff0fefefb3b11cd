"""Shipping, discount codes, VAT, agreements, loose boxes, the owner's facts and pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables
from kits.migrations.append_only import forbid_changes

revision = "shop_0004"
down_revision = "shop_0003"
branch_labels = None
depends_on = "kits_0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
TIME = tables.UTCDateTime(timezone=True)


def upgrade() -> None:
    _alter_orders()
    _alter_lines()
    with op.batch_alter_table("shop_parcel") as batch_op:
        batch_op.add_column(sa.Column("delivered_at", TIME, nullable=True))
    op.create_index("ix_shop_acknowledgement_notice_id", "shop_acknowledgement", ["notice_id"])
    _create_agreements()
    _create_shipping()
    _create_discount_codes()
    _create_owners()


def _alter_orders() -> None:
    with op.batch_alter_table("shop_order") as batch_op:
        batch_op.add_column(sa.Column("line2", WORD, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("shipping_amount", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("shipping_method", WORD, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("discount_code", WORD, nullable=True))
        batch_op.add_column(sa.Column("vat_permille", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("vat_amount", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("shipping_vat", sa.Integer(), nullable=False, server_default="0"))


def _alter_lines() -> None:
    with op.batch_alter_table("shop_order_line") as batch_op:
        batch_op.add_column(sa.Column("discount_amount", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("vat_amount", sa.Integer(), nullable=False, server_default="0"))
        batch_op.alter_column("sessions", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("every_weeks", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("start", existing_type=sa.Date(), nullable=True)


def _create_agreements() -> None:
    op.create_table(
        "shop_agreement",
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("version", WORD, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", WORD, nullable=False),
        sa.Column("agreed_at", TIME, nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_shop_agreement_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_agreement")),
        sa.UniqueConstraint("order_id", "kind", name=op.f("uq_shop_agreement_order_id_kind")),
    )


def _create_shipping() -> None:
    op.create_table(
        "shop_shipping_zone",
        sa.Column("name", WORD, nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_shipping_zone")),
        sa.UniqueConstraint("name", name=op.f("uq_shop_shipping_zone_name")),
    )
    op.create_table(
        "shop_shipping_method",
        sa.Column("zone_id", BIG, nullable=False),
        sa.Column("code", WORD, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("days_least", sa.Integer(), nullable=False),
        sa.Column("days_most", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.CheckConstraint("days_least >= 0 AND days_most >= days_least", name=op.f("ck_shop_shipping_method_days")),
        sa.ForeignKeyConstraint(["zone_id"], ["shop_shipping_zone.id"], name=op.f("fk_shop_shipping_method_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_shipping_method")),
        sa.UniqueConstraint("zone_id", "code", name=op.f("uq_shop_shipping_method_zone_id_code")),
    )
    op.create_table(
        "shop_shipping_rate",
        sa.Column("method_id", BIG, nullable=False),
        sa.Column("up_to_g", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.CheckConstraint("up_to_g > 0 AND amount >= 0", name=op.f("ck_shop_shipping_rate_sums")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["shop_shipping_method.id"], name=op.f("fk_shop_shipping_rate_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_shipping_rate")),
        sa.UniqueConstraint("method_id", "up_to_g", name=op.f("uq_shop_shipping_rate_method_id_up_to_g")),
    )


def _create_discount_codes() -> None:
    checks = {
        "one_kind": "(percent IS NULL) <> (amount IS NULL)",
        "percent": "percent IS NULL OR (percent > 0 AND percent <= 100)",
        "amount": "amount IS NULL OR amount > 0",
        "uses": "uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)",
    }
    op.create_table(
        "shop_discount_code",
        sa.Column("code", WORD, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("valid_from", TIME, nullable=False),
        sa.Column("valid_until", TIME, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_shop_discount_code_{name}")) for name, rule in checks.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_discount_code")),
        sa.UniqueConstraint("code", name=op.f("uq_shop_discount_code_code")),
    )


def _create_owners() -> None:
    op.create_table(
        "shop_fact",
        sa.Column("name", WORD, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_fact")),
        sa.UniqueConstraint("name", name=op.f("uq_shop_fact_name")),
    )
    op.create_table(
        "shop_page_version",
        sa.Column("page", WORD, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", WORD, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", WORD, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        sa.Column("published_by", WORD, nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_page_version")),
        sa.UniqueConstraint("page", "number", name=op.f("uq_shop_page_version_page_number")),
    )
    forbid_changes("shop_page_version")

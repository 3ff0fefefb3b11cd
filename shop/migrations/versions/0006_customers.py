"""Sign-ins that can be ended everywhere, requests for links, address books, erasure and what is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0006"
down_revision = "shop_0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
TIME = tables.UTCDateTime(timezone=True)
ADDRESS = ("name", "line1", "line2", "city", "postcode", "country")


def upgrade() -> None:
    with op.batch_alter_table("shop_customer") as batch_op:
        batch_op.add_column(sa.Column("sign_ins", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("erased_at", TIME, nullable=True))
    _create_link_requests()
    _create_addresses()
    _create_kept_persons()
    _create_erasures()


def _claimed() -> list[sa.Column[object]]:
    return [
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("free_at", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
    ]


def _create_link_requests() -> None:
    op.create_table(
        "shop_link_request",
        sa.Column("email", WORD, nullable=False),
        sa.Column("order_number", WORD, nullable=True),
        sa.Column("asked_at", TIME, nullable=False),
        *_claimed(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_link_request")),
    )


def _create_addresses() -> None:
    op.create_table(
        "shop_address",
        sa.Column("customer_id", BIG, nullable=False),
        *(sa.Column(name, WORD, nullable=False) for name in ADDRESS),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("used_at", TIME, nullable=False),
        sa.Column("removed_at", TIME, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["shop_customer.id"], name=op.f("fk_shop_address_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_address")),
    )
    op.create_index(op.f("ix_shop_address_customer_id"), "shop_address", ["customer_id"])


def _create_kept_persons() -> None:
    op.create_table(
        "shop_kept_person",
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("email", WORD, nullable=False),
        *(sa.Column(name, WORD, nullable=False) for name in ADDRESS),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_shop_kept_person_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_kept_person")),
        sa.UniqueConstraint("order_id", "reason", name=op.f("uq_shop_kept_person_order_id_reason")),
    )
    op.create_index(op.f("ix_shop_kept_person_keep_until"), "shop_kept_person", ["keep_until"])


def _create_erasures() -> None:
    op.create_table(
        "shop_erasure",
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("gateway_id", WORD, nullable=True),
        sa.Column("forgotten_at", TIME, nullable=True),
        sa.Column("mail_id", BIG, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        *_claimed(),
        sa.ForeignKeyConstraint(["customer_id"], ["shop_customer.id"], name=op.f("fk_shop_erasure_customer_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["shop_outbox_mail.id"], name=op.f("fk_shop_erasure_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_erasure")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_shop_erasure_customer_id")),
        sa.UniqueConstraint("gateway_id", name=op.f("uq_shop_erasure_gateway_id")),
    )

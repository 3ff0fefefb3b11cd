"""Cards that are saved without a payment, and what is known of them; what came with declines; warnings of fraud."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "shop_0009"
down_revision = "shop_0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
TIME = tables.UTCDateTime(timezone=True)
OF_ATTEMPTS = ("card", "card_brand", "advice_code", "network_advice_code", "network_decline_code")


def upgrade() -> None:
    _widen()
    _create_cards()
    _create_setups()


def _widen() -> None:
    with op.batch_alter_table("shop_payment_attempt") as batch_op:
        for name in OF_ATTEMPTS:
            batch_op.add_column(sa.Column(name, WORD, nullable=True))
        batch_op.create_index(batch_op.f("ix_shop_payment_attempt_card"), ["card"])
    with op.batch_alter_table("shop_payment") as batch_op:
        batch_op.add_column(sa.Column("dispute_reason", WORD, nullable=True))
        batch_op.add_column(sa.Column("dispute_answer_by", TIME, nullable=True))
        batch_op.add_column(sa.Column("warned_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("fraud_kind", WORD, nullable=True))


def _create_cards() -> None:
    op.create_table(
        "shop_saved_card",
        sa.Column("gateway_id", WORD, nullable=False),
        sa.Column("customer_id", BIG, nullable=True),
        sa.Column("brand", WORD, nullable=True),
        sa.Column("last4", WORD, nullable=True),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.Column("fingerprint", WORD, nullable=True),
        sa.Column("saved_at", TIME, nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("leaves_at", TIME, nullable=True),
        sa.Column("gone_at", TIME, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("free_at", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["shop_customer.id"], name=op.f("fk_shop_saved_card_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_saved_card")),
        sa.UniqueConstraint("gateway_id", name=op.f("uq_shop_saved_card_gateway_id")),
    )
    op.create_index(op.f("ix_shop_saved_card_customer_id"), "shop_saved_card", ["customer_id"])
    op.create_index("ix_shop_saved_card_expiry", "shop_saved_card", ["exp_year", "exp_month"])
    leaving = sa.text("leaves_at IS NOT NULL AND gone_at IS NULL")
    op.create_index(
        "ix_shop_saved_card_leaving", "shop_saved_card", ["id"], postgresql_where=leaving, sqlite_where=leaving
    )


def _create_setups() -> None:
    op.create_table(
        "shop_card_setup",
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("about", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("key", WORD, nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("session_id", WORD, nullable=True),
        sa.Column("session_url", sa.Text(), nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("card_id", BIG, nullable=True),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["shop_customer.id"], name=op.f("fk_shop_card_setup_customer_id")),
        sa.ForeignKeyConstraint(["card_id"], ["shop_saved_card.id"], name=op.f("fk_shop_card_setup_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_card_setup")),
        sa.UniqueConstraint("key", name=op.f("uq_shop_card_setup_key")),
        sa.UniqueConstraint("session_id", name=op.f("uq_shop_card_setup_session_id")),
    )
    op.create_index(op.f("ix_shop_card_setup_card_id"), "shop_card_setup", ["card_id"])
    op.create_index(op.f("ix_shop_card_setup_customer_id"), "shop_card_setup", ["customer_id"])
    still_open = sa.text("state = 'open'")
    op.create_index(
        "uq_shop_card_setup_open",
        "shop_card_setup",
        ["about"],
        unique=True,
        postgresql_where=still_open,
        sqlite_where=still_open,
    )

"""Which cards pay a plan, and what declines led to: backup cards, waits, links to pay, stretches without charges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "subscriptions_0005"
down_revision = "subscriptions_0004"
branch_labels = None
depends_on = "shop_0009"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=255)
TIME = tables.UTCDateTime(timezone=True)


def upgrade() -> None:
    _widen()
    _create_stops()
    _create_links()


def _widen() -> None:
    with op.batch_alter_table("subscriptions_subscription") as batch_op:
        batch_op.add_column(sa.Column("backup_card", WORD, nullable=True))
        batch_op.create_index(batch_op.f("ix_subscriptions_subscription_backup_card"), ["backup_card"])
        batch_op.create_index(batch_op.f("ix_subscriptions_subscription_card"), ["card"])
    with op.batch_alter_table("subscriptions_refill") as batch_op:
        batch_op.add_column(sa.Column("retry_after", TIME, nullable=True))
        batch_op.add_column(sa.Column("tries_backup", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("backup_tried", WORD, nullable=True))


def _create_stops() -> None:
    op.create_table(
        "subscriptions_stop",
        sa.Column("subscription_id", BIG, nullable=False),
        sa.Column("cause", WORD, nullable=False),
        sa.Column("detail", WORD, nullable=True),
        sa.Column("payment_id", BIG, nullable=True),
        sa.Column("since", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("outcome", WORD, nullable=True),
        sa.Column("actor", WORD, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions_subscription.id"],
            name=op.f("fk_subscriptions_stop_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["shop_payment.id"], name=op.f("fk_subscriptions_stop_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_stop")),
        sa.UniqueConstraint(
            "subscription_id",
            "payment_id",
            "cause",
            name=op.f("uq_subscriptions_stop_subscription_id_payment_id_cause"),
        ),
    )
    op.create_index(op.f("ix_subscriptions_stop_payment_id"), "subscriptions_stop", ["payment_id"])
    _create_partial("ix_subscriptions_stop_open", "ended_at IS NULL", unique=False)
    _create_partial("uq_subscriptions_stop_card", "cause = 'card' AND ended_at IS NULL", unique=True)


def _create_partial(name: str, condition: str, *, unique: bool) -> None:
    where = sa.text(condition)
    op.create_index(
        name, "subscriptions_stop", ["subscription_id"], unique=unique, postgresql_where=where, sqlite_where=where
    )


def _create_links() -> None:
    op.create_table(
        "subscriptions_pay_link",
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("token_sha256", WORD, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_subscriptions_pay_link_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_pay_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_subscriptions_pay_link_token_sha256")),
    )
    op.create_index(op.f("ix_subscriptions_pay_link_order_id"), "subscriptions_pay_link", ["order_id"])

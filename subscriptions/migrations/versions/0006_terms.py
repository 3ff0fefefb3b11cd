"""Under which law and at which prices a plan was agreed to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kits import tables

revision = "subscriptions_0006"
down_revision = "subscriptions_0005"
branch_labels = None
depends_on = "kits_0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = tables.UTCDateTime(timezone=True)


def upgrade() -> None:
    _law()
    _unit_prices()
    _changes()
    _plans()


def _law() -> None:
    """Whatever was sold so far was sold under the Consumer Contracts Regulations 2013."""
    with op.batch_alter_table("subscriptions_subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("law", sa.String(length=255), nullable=False, server_default="uk_2013"))


def _unit_prices() -> None:
    """Every notice so far named the price at which its plan was sold."""
    with op.batch_alter_table("subscriptions_refill", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice_unit", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", MOMENT, nullable=True))
    op.execute(
        "UPDATE subscriptions_refill SET notice_unit = (SELECT refill_amount FROM subscriptions_subscription s "
        "WHERE s.id = subscriptions_refill.subscription_id) WHERE notice_amount IS NOT NULL"
    )


def _changes() -> None:
    op.create_table(
        "subscriptions_price_change",
        sa.Column("kit_id", BIG, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=255), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("submission", sa.String(length=255), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("tell_from", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.CheckConstraint("amount > 0 AND notice_days >= 0", name=op.f("ck_subscriptions_price_change_positive")),
        sa.ForeignKeyConstraint(["kit_id"], ["kits_kit.id"], name=op.f("fk_subscriptions_price_change_kit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_price_change")),
        sa.UniqueConstraint("kit_id", "submission", name=op.f("uq_subscriptions_price_change_kit_id_submission")),
    )


def _plans() -> None:
    op.create_table(
        "subscriptions_plan_price",
        sa.Column("subscription_id", BIG, nullable=False),
        sa.Column("change_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("old_amount", sa.Integer(), nullable=False),
        sa.Column("new_amount", sa.Integer(), nullable=False),
        sa.Column("mail_id", BIG, nullable=True),
        sa.Column("announced_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("held_at", MOMENT, nullable=True),
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("free_at", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions_subscription.id"],
            name=op.f("fk_subscriptions_plan_price_subscription_id"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["subscriptions_price_change.id"], name=op.f("fk_subscriptions_plan_price_change_id")
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["shop_outbox_mail.id"], name=op.f("fk_subscriptions_plan_price_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions_plan_price")),
        sa.UniqueConstraint(
            "subscription_id", "change_id", name=op.f("uq_subscriptions_plan_price_subscription_id_change_id")
        ),
    )
    op.create_index("ix_subscriptions_plan_price_change_id", "subscriptions_plan_price", ["change_id"])
    op.create_index("ix_subscriptions_plan_price_mail_id", "subscriptions_plan_price", ["mail_id"])
    op.create_index("ix_subscriptions_plan_price_state", "subscriptions_plan_price", ["state", "from_day"])


def downgrade() -> None:
    for table in ("subscriptions_plan_price", "subscriptions_price_change"):
        op.drop_table(table)
    with op.batch_alter_table("subscriptions_refill") as batch_op:
        for column in ("reminded_at", "notice_unit"):
            batch_op.drop_column(column)
    with op.batch_alter_table("subscriptions_subscription") as batch_op:
        batch_op.drop_column("law")

"""What happened to a plan: holds, sessions that were logged, another address."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kits.tables import Row


class Hold(Row):
    """A stretch in which a plan rests: what falls on or after `from_day` comes `until_day - from_day` later.

    Nothing is announced or charged while it is open (`until_day` is not known
    yet, or lies ahead: a pause). `cause` is `recall`, once a recall and plan, or
    `customer`; why a customer holds is never kept.
    """

    __tablename__ = "subscriptions_hold"
    __table_args__ = (
        UniqueConstraint("subscription_id", "recall_id"),
        Index("ix_subscriptions_hold_open", "subscription_id", "until_day"),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"))
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    cause: Mapped[str]
    recall_id: Mapped[int | None] = mapped_column(ForeignKey("kits_recall.id"), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SessionLog(Row):
    """What a customer says of a session: done on a day, or skipped (`done_on` is None). Taken back, it is deleted.

    Nothing about how it went: we keep no notes of health.
    """

    __tablename__ = "subscriptions_session"
    __table_args__ = (UniqueConstraint("subscription_id", "number"),)

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"))
    number: Mapped[int]
    done_on: Mapped[date | None]
    logged_at: Mapped[datetime]


class DeliveryAddress(Row):
    """Where a plan's refills go since its customer moved; without a row they go where the first order went."""

    __tablename__ = "subscriptions_address"

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"), unique=True)
    name: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str]
    city: Mapped[str]
    postcode: Mapped[str]
    country: Mapped[str]
    changed_at: Mapped[datetime]

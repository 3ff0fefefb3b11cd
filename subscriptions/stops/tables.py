"""The stretches in which nothing of a plan is charged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row
from shop.payments.tables import Payment
from subscriptions.tables import Subscription

CARD, DISPUTE, FRAUD = "card", "dispute", "fraud_warning"
BY_STAFF = (DISPUTE, FRAUD)
"""Those that staff end."""
GOES_ON, ENDS = "goes_on", "ends"
_OPEN = text("ended_at IS NULL")
_CARD = text("cause = 'card' AND ended_at IS NULL")


class BillingStop(Row):
    """Since `since` nothing of a plan is charged; sessions go on, and what is out already finishes.

    `cause` is `card` (a new card is needed; `detail` says why), or `dispute` or
    `fraud_warning` about `payment`, once each. `outcome` is what staff decided.
    """

    __tablename__ = "subscriptions_stop"
    __table_args__ = (
        UniqueConstraint("subscription_id", "payment_id", "cause"),
        Index("ix_subscriptions_stop_open", "subscription_id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("uq_subscriptions_stop_card", "subscription_id", unique=True, postgresql_where=_CARD, sqlite_where=_CARD),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"))
    cause: Mapped[str]
    detail: Mapped[str | None] = mapped_column(doc="removed, or the code of the decline that the card must not survive")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("shop_payment.id"), index=True)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(doc="goes_on or ends")
    actor: Mapped[str | None] = mapped_column(doc="who ended it")

    subscription: Mapped[Subscription] = relationship()
    payment: Mapped[Payment | None] = relationship()

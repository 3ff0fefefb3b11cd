"""New prices for running plans, and what each plan was told of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.tables import Kit
from kits.money import Money
from kits.tables import Row
from shop.work.leases import ClaimedRow
from shop.work.outbox import OutboxMail
from subscriptions.tables import Subscription

TO_TELL, TOLD, ACCEPTED, HOLDS = "to_tell", "told", "accepted", "holds"
REPLACED, NOT_CONCERNED, UNDONE = "replaced", "not_concerned", "undone"
PENDING = (TO_TELL, TOLD, ACCEPTED)
"""Announced, or about to be, and not the plan's price yet."""


class PriceChange(Row):
    """What staff announced: from a day on a refill box of the kit's running plans costs `amount`.

    The mails leave from `tell_from` on; until the first is written it can be
    undone. `notice_days` lie at least between a mail's acceptance and the day
    from which its plan's notices name a higher price.
    """

    __tablename__ = "subscriptions_price_change"
    __table_args__ = (
        UniqueConstraint("kit_id", "submission"),
        CheckConstraint("amount > 0 AND notice_days >= 0", name="positive"),
    )

    kit_id: Mapped[int] = mapped_column(ForeignKey("kits_kit.id"))
    amount: Mapped[int] = mapped_column(doc="for one box, VAT included, in minor units")
    currency: Mapped[str]
    from_day: Mapped[date]
    notice_days: Mapped[int]
    actor: Mapped[str]
    submission: Mapped[str]
    made_at: Mapped[datetime]
    tell_from: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    kit: Mapped[Kit] = relationship()

    @property
    def price(self) -> Money:
        """What a box costs by it."""
        return Money(self.amount, self.currency)


class PlanPrice(ClaimedRow):
    """One plan's part in a change: the old price and the new, told when, accepted by the mail server when, from when.

    `state`: to_tell, told (the mail is written), accepted (by the mail
    server), holds (the plan's price since `held_at`); or replaced by a later
    change, not_concerned (no notice of it is to come any more), undone.
    `from_day` is the first day on which a notice may name the new price.
    """

    __tablename__ = "subscriptions_plan_price"
    __table_args__ = (
        UniqueConstraint("subscription_id", "change_id"),
        Index("ix_subscriptions_plan_price_state", "state", "from_day"),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"))
    change_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_price_change.id"), index=True)
    state: Mapped[str] = mapped_column(default=TO_TELL)
    old_amount: Mapped[int] = mapped_column(doc="for one box, as the plan's price was when it was announced")
    new_amount: Mapped[int]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("shop_outbox_mail.id"), index=True)
    announced_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    from_day: Mapped[date]
    held_at: Mapped[datetime | None]

    subscription: Mapped[Subscription] = relationship()
    change: Mapped[PriceChange] = relationship()
    mail: Mapped[OutboxMail | None] = relationship()

    @property
    def rises(self) -> bool:
        """True when a box costs more by it: then the plan has time until it holds."""
        return self.new_amount > self.old_amount

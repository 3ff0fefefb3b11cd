"""The refills of plans."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.money import Money
from shop.orders.tables import Order
from shop.work.leases import ClaimedRow
from shop.work.outbox import OutboxMail
from subscriptions.tables.plans import Subscription
from subscriptions.tables.states import SCHEDULED, UNORDERED, where


class Refill(ClaimedRow):
    """One refill of a plan: when it is needed, announced and charged, and what became of it."""

    __tablename__ = "subscriptions_refill"
    __table_args__ = (
        UniqueConstraint("subscription_id", "number"),
        Index("ix_subscriptions_refill_notice", "state", "notice_on"),
        Index("ix_subscriptions_refill_charge", "state", "charge_on"),
        # What the duties of commitments look for every second: nearly always nothing.
        Index("ix_subscriptions_refill_uncommitted", "charge_on", **where(f"{UNORDERED} AND committed_on IS NULL")),
        Index("ix_subscriptions_refill_moved", "committed_on", **where("committed_on <> charge_on")),
        Index("ix_subscriptions_refill_committed_at", "committed_at"),
        Index("ix_subscriptions_refill_reopens", "id", **where("reopens_at IS NOT NULL")),
        Index("ix_subscriptions_refill_asked", "asked_at", **where("asked_at IS NOT NULL")),
        Index(
            "ix_subscriptions_refill_closed",
            "committed_on",
            **where(f"committed_on IS NOT NULL AND NOT ({UNORDERED})"),
        ),
        # What waits for the mail server to take its notice, and what was tried and not paid: few at any time.
        Index("ix_subscriptions_refill_noticed", "notice_id", **where("state = 'scheduled' AND notice_id IS NOT NULL")),
        Index("ix_subscriptions_refill_tried", "id", **where("state IN ('declined', 'needs_customer')")),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=SCHEDULED)
    needed_on: Mapped[date]
    notice_on: Mapped[date] = mapped_column(doc="the day the advance notice is written")
    charge_on: Mapped[date] = mapped_column(doc="the day it is charged; expected until the notice was accepted")
    serves_until: Mapped[date] = mapped_column(doc="the last session its box is for")
    committed_on: Mapped[date | None] = mapped_column(doc="the charge day for which stock is kept back")
    committed_at: Mapped[datetime | None]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("shop_outbox_mail.id"))
    notice_amount: Mapped[int | None] = mapped_column(doc="what the notice named: a charge takes this or less")
    notice_unit: Mapped[int | None] = mapped_column(doc="what it named for one box: at this price it is ordered")
    reminded_at: Mapped[datetime | None] = mapped_column(doc="when the reminder was written that the law asks for")
    announced: Mapped[list[list[int]] | None] = mapped_column(
        JSON(none_as_null=True),
        doc="what the last notice named: a component's item id and that of the item sent for it",
    )
    order_id: Mapped[int | None] = mapped_column(ForeignKey("shop_order.id"), unique=True)
    waited_at: Mapped[datetime | None] = mapped_column(doc="when stock was last looked for in vain")
    retry_on: Mapped[date | None] = mapped_column(doc="the day a declined charge is tried again")
    retry_after: Mapped[datetime | None] = mapped_column(doc="before it the card network wants no other try")
    tries_backup: Mapped[bool] = mapped_column(default=False, doc="the next try is the backup card's")
    backup_tried: Mapped[str | None] = mapped_column(doc="the card that was, or is next, tried as the backup")
    paid_on: Mapped[date | None]
    told_on: Mapped[date | None] = mapped_column(doc="the day of the charge that the last notice named: never earlier")
    moved_days: Mapped[int] = mapped_column(default=0, doc="by so many days its customer moved it later")
    skipped_at: Mapped[datetime | None] = mapped_column(doc="when its customer left it out; it is cancelled then")
    must_confirm: Mapped[bool] = mapped_column(default=False, doc="it is charged, or once paid sent, after a yes alone")
    confirmed_at: Mapped[datetime | None] = mapped_column(doc="when its customer said yes")
    reopens_at: Mapped[datetime | None] = mapped_column(doc="since when its unpaid order is to be closed, to come anew")
    earlier_orders: Mapped[list[int] | None] = mapped_column(
        JSON(none_as_null=True), doc="the ids of orders of it that were closed unpaid"
    )
    asked_at: Mapped[datetime | None] = mapped_column(doc="when its customer was last asked to send or to refund it")
    asks: Mapped[int] = mapped_column(default=0, server_default="0", doc="how often they were asked")

    subscription: Mapped[Subscription] = relationship(back_populates="refills")
    order: Mapped[Order | None] = relationship()
    notice: Mapped[OutboxMail | None] = relationship()

    @property
    def price(self) -> Money:
        """What it costs: what its order is for, or its notice named for a box; else what the plan's do now."""
        plan = self.subscription
        if self.order is not None and self.order.kind == "refill":
            return self.order.total
        return Money(self.notice_unit or plan.refill_amount, plan.currency) * plan.quantity

    def is_over(self, today: date) -> bool:
        """True when nothing is charged for it any more: its plan is over, or no session needs it. A hold moves both."""
        plan = self.subscription
        return plan.is_over(today) or (self.needed_on > plan.last_session and not plan.rests)

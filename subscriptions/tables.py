"""Subscriptions and their refills."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Kit
from kits.money import Money
from kits.tables import Row
from shop.customers.tables import Customer
from shop.orders.tables import Order, OrderLine
from shop.work.leases import ClaimedRow
from shop.work.outbox import OutboxMail

ACTIVE, ENDED = "active", "ended"
SCHEDULED, NOTIFIED, WAITING, CHARGING = "scheduled", "notified", "waiting_for_stock", "charging"
DECLINED, NEEDS_CUSTOMER = "declined", "needs_customer"
PAID, SHIPPED, DROPPED, CANCELLED = "paid", "shipped", "dropped", "cancelled"
OPEN = (SCHEDULED, NOTIFIED, WAITING, CHARGING, DECLINED, NEEDS_CUSTOMER)


class Subscription(ClaimedRow):
    """The refills of one line of a paid order, at the price it was sold at, on the card that pays them."""

    __tablename__ = "subscriptions_subscription"
    __table_args__ = (Index("ix_subscriptions_subscription_end", "state", "last_session"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("shop_order_line.id"), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customer.id"), index=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kits_kit.id"))
    state: Mapped[str] = mapped_column(default=ACTIVE)
    sessions: Mapped[int]
    every_weeks: Mapped[int]
    start: Mapped[date]
    last_session: Mapped[date]
    quantity: Mapped[int]
    refill_amount: Mapped[int] = mapped_column(doc="for one box, in minor units")
    currency: Mapped[str]
    card: Mapped[str | None]
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()
    line: Mapped[OrderLine] = relationship()
    customer: Mapped[Customer] = relationship()
    kit: Mapped[Kit] = relationship()
    refills: Mapped[list[Refill]] = relationship(back_populates="subscription", order_by="Refill.number")
    holds: Mapped[list[Hold]] = relationship(order_by="Hold.id", lazy="selectin")

    @property
    def plan(self) -> SessionPlan:
        """The session plan these refills follow."""
        return SessionPlan(self.sessions, self.every_weeks, self.start)

    @property
    def refill_price(self) -> Money:
        """What one refill costs, all its boxes together, VAT included."""
        return Money(self.refill_amount, self.currency) * self.quantity


class Refill(ClaimedRow):
    """One refill of a plan: when it is needed, announced and charged, and what became of it."""

    __tablename__ = "subscriptions_refill"
    __table_args__ = (
        UniqueConstraint("subscription_id", "number"),
        Index("ix_subscriptions_refill_notice", "state", "notice_on"),
        Index("ix_subscriptions_refill_charge", "state", "charge_on"),
        Index("ix_subscriptions_refill_committed", "committed_on"),
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
    order_id: Mapped[int | None] = mapped_column(ForeignKey("shop_order.id"), unique=True)
    waited_at: Mapped[datetime | None] = mapped_column(doc="when stock was last looked for in vain")
    retry_on: Mapped[date | None] = mapped_column(doc="the day a declined charge is tried again")
    paid_on: Mapped[date | None]

    subscription: Mapped[Subscription] = relationship(back_populates="refills")
    order: Mapped[Order | None] = relationship()
    notice: Mapped[OutboxMail | None] = relationship()


class Hold(Row):
    """A stretch in which a plan rests: what falls on or after `from_day` comes `until_day - from_day` later.

    Nothing is announced or charged while it is open (`until_day` is not known
    yet). `cause` is `recall`; why a customer holds is never kept.
    """

    __tablename__ = "subscriptions_hold"
    __table_args__ = (Index("ix_subscriptions_hold_open", "subscription_id", "until_day"),)

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"))
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    cause: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

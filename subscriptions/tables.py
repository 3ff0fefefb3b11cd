"""Subscriptions and their refills."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Kit
from kits.money import Money
from kits.tables import Row
from shop.customers.tables import Customer
from shop.orders.tables import Order, OrderLine
from shop.work.leases import ClaimedRow
from shop.work.outbox import OutboxMail
from subscriptions.plan.course import Changed, Course, Logged
from subscriptions.plan.rests import Rest

ACTIVE, ENDED = "active", "ended"
SCHEDULED, NOTIFIED, WAITING, CHARGING = "scheduled", "notified", "waiting_for_stock", "charging"
DECLINED, NEEDS_CUSTOMER = "declined", "needs_customer"
PAID, SHIPPED, DROPPED, CANCELLED = "paid", "shipped", "dropped", "cancelled"
_UNORDERED = "state IN ('scheduled', 'notified', 'waiting_for_stock') AND order_id IS NULL"
OPEN = (SCHEDULED, NOTIFIED, WAITING, CHARGING, DECLINED, NEEDS_CUSTOMER)
TO_COME = (SCHEDULED, NOTIFIED, WAITING)
UNCLAIMED = (*TO_COME, DECLINED)


def _where(condition: str) -> dict[str, Any]:
    """An index over those rows alone."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


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
    last_session: Mapped[date] = mapped_column(doc="as holds that have ended moved it")
    quantity: Mapped[int]
    refill_amount: Mapped[int] = mapped_column(doc="for one box, in minor units, as its next notice will name it")
    currency: Mapped[str]
    card: Mapped[str | None] = mapped_column(index=True)
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    backup_card: Mapped[str | None] = mapped_column(index=True, doc="tried once when the other one is declined")
    made_at: Mapped[datetime]
    law: Mapped[str] = mapped_column(default="uk_2013", server_default="uk_2013", doc="the regime it was made under")
    ended_at: Mapped[datetime | None]
    changed: Mapped[list[list[Any]] | None] = mapped_column(
        JSON(none_as_null=True),
        doc="how its customer changed it: from which session on, sessions in all, weeks between, the day it was agreed",
    )

    order: Mapped[Order] = relationship()
    line: Mapped[OrderLine] = relationship()
    customer: Mapped[Customer] = relationship()
    kit: Mapped[Kit] = relationship()
    refills: Mapped[list[Refill]] = relationship(back_populates="subscription", order_by="Refill.number")
    holds: Mapped[list[Hold]] = relationship(order_by="Hold.id", lazy="selectin")

    log: Mapped[list[SessionLog]] = relationship(order_by="SessionLog.number", lazy="selectin")

    @property
    def plan(self) -> SessionPlan:
        """The session plan as it was bought; its days as they are now are those of `course_on`."""
        return SessionPlan(self.sessions, self.every_weeks, self.start)

    @property
    def rests(self) -> bool:
        """True while a hold is open: nothing is announced or charged."""
        return self.rests_since is not None

    @property
    def rests_since(self) -> date | None:
        """The day the plan is held from; None while it goes on."""
        return min((hold.from_day for hold in self.holds if hold.until_day is None), default=None)

    def paused_until(self, today: date) -> date | None:
        """The day on which a pause is over that its customer has chosen; None when there is none just now."""
        ends = (hold.until_day for hold in self.holds if hold.until_day is not None and hold.from_day <= today)
        return max((day for day in ends if day > today), default=None)

    def course_on(self, today: date) -> Course:
        """The plan with what happened; a hold that is open counts up to today."""
        return self.course_of(self.holds, today)

    def course_of(self, holds: Iterable[Hold], today: date) -> Course:
        """The plan with some of its holds; one that is open counts up to today."""
        return Course(
            self.plan,
            tuple(Rest(hold.from_day, hold.until_day or today) for hold in holds),
            tuple(Logged(said.number, said.done_on) for said in self.log),
            tuple(Changed(*each[:3]) for each in self.changed or ()),
        )

    def is_over(self, today: date) -> bool:
        """True when the last session has passed, unless a hold still moves it, or when the customer ended the refills.

        Nothing more is charged then.
        """
        return self.state == ENDED or (self.last_session < today and not self.rests)

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
        # What the duties of commitments look for every second: nearly always nothing.
        Index("ix_subscriptions_refill_uncommitted", "charge_on", **_where(f"{_UNORDERED} AND committed_on IS NULL")),
        Index("ix_subscriptions_refill_moved", "committed_on", **_where("committed_on <> charge_on")),
        Index("ix_subscriptions_refill_committed_at", "committed_at"),
        Index(
            "ix_subscriptions_refill_closed",
            "committed_on",
            **_where(f"committed_on IS NOT NULL AND NOT ({_UNORDERED})"),
        ),
        # What waits for the mail server to take its notice, and what was tried and not paid: few at any time.
        Index(
            "ix_subscriptions_refill_noticed", "notice_id", **_where("state = 'scheduled' AND notice_id IS NOT NULL")
        ),
        Index("ix_subscriptions_refill_tried", "id", **_where("state IN ('declined', 'needs_customer')")),
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

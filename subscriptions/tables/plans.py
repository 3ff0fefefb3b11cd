"""Plans whose refills are billed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Kit
from kits.money import Money
from shop.customers.tables import Customer
from shop.orders.tables import Order, OrderLine
from shop.work.leases import ClaimedRow
from subscriptions.plan.course import Changed, Course, Logged
from subscriptions.plan.rests import Rest
from subscriptions.tables.course import Hold, SessionLog
from subscriptions.tables.states import ACTIVE, ENDED, where

if TYPE_CHECKING:
    from subscriptions.tables.refills import Refill


class Subscription(ClaimedRow):
    """The refills of one line of a paid order, at the price it was sold at, on the card that pays them."""

    __tablename__ = "subscriptions_subscription"
    __table_args__ = (
        Index("ix_subscriptions_subscription_end", "state", "last_session"),
        Index(
            "ix_subscriptions_subscription_card_seen",
            "card_seen_on",
            **where("state = 'active' AND card IS NOT NULL"),
        ),
    )

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
    card_seen_on: Mapped[date | None] = mapped_column(doc="when the gateway was last asked whether its cards are there")
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

"""Orders, their lines, and the acknowledgement of the notice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Kit
from kits.money import Money
from kits.stock.tables import StockMovement
from kits.tables import Row
from shop.customers.tables import Customer
from shop.work.leases import ClaimedRow

AWAITING, PAID, SHIPPED, CANCELLED, REFUNDED = "awaiting_payment", "paid", "shipped", "cancelled", "refunded"


class Order(ClaimedRow):
    """A kit order or a refill order: the same row, the same way to be paid and packed.

    The claim columns are the payment lease: who may start a payment. `writes`
    only counts up: writing it takes the row lock that decides who settles.
    """

    __tablename__ = "shop_order"
    __table_args__ = (
        CheckConstraint("total_amount > 0 OR kind = 'replacement'", name="positive"),
        Index("ix_shop_order_state_keep", "state", "keep_until"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    submission: Mapped[str | None] = mapped_column(unique=True, doc="one per checkout form: two clicks, one order")
    kind: Mapped[str] = mapped_column(doc="kit, refill, or replacement (free, in place of what was sent)")
    state: Mapped[str] = mapped_column(default=AWAITING)
    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customer.id"), index=True)
    root_number: Mapped[str] = mapped_column(index=True, doc="the number of the first order; its own for a kit order")
    refill_number: Mapped[int | None] = mapped_column(doc="which refill of the plan, for a refill order")
    currency: Mapped[str]
    total_amount: Mapped[int] = mapped_column(doc="what is paid: lines less their discounts, and shipping")
    shipping_amount: Mapped[int] = mapped_column(default=0)
    shipping_method: Mapped[str] = mapped_column(default="", doc="its name as it was chosen")
    discount_code: Mapped[str | None]
    vat_permille: Mapped[int | None] = mapped_column(doc="the VAT in the prices; None: the shop was not registered")
    vat_amount: Mapped[int] = mapped_column(default=0, doc="the VAT in the total: of the lines and of shipping")
    shipping_vat: Mapped[int] = mapped_column(default=0)
    name: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str]
    postcode: Mapped[str]
    country: Mapped[str]
    made_at: Mapped[datetime]
    keep_until: Mapped[datetime] = mapped_column(doc="until when its stock waits for a payment to be started")
    paid_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None] = mapped_column(doc="when its last parcel left")
    tracking: Mapped[str | None] = mapped_column(doc="of its last parcel")
    writes: Mapped[int] = mapped_column(default=0)

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.id")
    acknowledgements: Mapped[list[Acknowledgement]] = relationship()
    agreements: Mapped[list[Agreement]] = relationship()
    parcels: Mapped[list[Parcel]] = relationship(order_by="Parcel.number")

    @property
    def total(self) -> Money:
        """What is due today for this order, VAT included."""
        return Money(self.total_amount, self.currency)


class OrderLine(Row):
    """`quantity` kits, or refill boxes, with the plan they are for and the prices they were sold at.

    A loose box has no plan: its `sessions`, `every_weeks` and `start` are None.
    """

    __tablename__ = "shop_order_line"

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"), index=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kits_kit.id"))
    title: Mapped[str]
    quantity: Mapped[int]
    unit_amount: Mapped[int]
    refill_amount: Mapped[int] = mapped_column(doc="what one refill box was agreed to cost")
    discount_amount: Mapped[int] = mapped_column(default=0, doc="of the whole line")
    vat_amount: Mapped[int] = mapped_column(default=0, doc="the VAT in the line less its discount")
    sessions: Mapped[int | None]
    every_weeks: Mapped[int | None]
    start: Mapped[date | None]
    refills: Mapped[bool] = mapped_column(doc="the buyer agreed to be charged for refills")
    serves_until: Mapped[date] = mapped_column(doc="the last session this line's serum is for")
    given_back_at: Mapped[datetime | None] = mapped_column(
        doc="since when nothing of it is kept: it was withdrawn from, or all its money went back"
    )

    order: Mapped[Order] = relationship(back_populates="lines")
    kit: Mapped[Kit] = relationship()

    @property
    def amount(self) -> int:
        """What the line costs before its discount, in minor units."""
        return self.unit_amount * self.quantity

    @property
    def loose(self) -> bool:
        """True for refill boxes bought alone, without a plan."""
        return self.start is None

    @property
    def plan(self) -> SessionPlan:
        """The session plan this line is for; raises ValueError for a loose box."""
        if self.sessions is None or self.every_weeks is None or self.start is None:
            raise ValueError("a loose box has no plan")
        return SessionPlan(self.sessions, self.every_weeks, self.start)


class Acknowledgement(Row):
    """That the buyer acknowledged version V of a text at time T. No answers per condition."""

    __tablename__ = "shop_acknowledgement"
    __table_args__ = (UniqueConstraint("order_id", "notice_id"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("kits_notice.id"), index=True)
    version: Mapped[str]
    sha256: Mapped[str]
    accepted_at: Mapped[datetime]


class Agreement(Row):
    """That the buyer agreed to a text of ours: the terms, or that the saved card is charged for the refills later."""

    __tablename__ = "shop_agreement"
    __table_args__ = (UniqueConstraint("order_id", "kind"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"))
    kind: Mapped[str] = mapped_column(doc="terms, refill_charges or key_information")
    version: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    agreed_at: Mapped[datetime]


class Parcel(Row):
    """One parcel of an order; an order leaves in one or in several."""

    __tablename__ = "shop_parcel"
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"))
    number: Mapped[int] = mapped_column(doc="1 for the order's first parcel")
    tracking: Mapped[str | None] = mapped_column(index=True)
    actor: Mapped[str]
    shipped_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    contents: Mapped[list[ParcelContent]] = relationship(order_by="ParcelContent.id")


class ParcelContent(Row):
    """What is in a parcel: the ledger's own line, which names the lot and the units."""

    __tablename__ = "shop_parcel_content"

    parcel_id: Mapped[int] = mapped_column(ForeignKey("shop_parcel.id"), index=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("kits_stock_movement.id"), unique=True)

    movement: Mapped[StockMovement] = relationship()

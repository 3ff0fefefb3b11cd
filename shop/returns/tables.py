"""Returns: what is to come back of an order, what came, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.tables import Item
from kits.stock.tables import Lot
from kits.tables import Row
from shop.orders.tables import Order, OrderLine
from shop.payments.tables import Refund

WITHDRAWAL, GOODWILL = "withdrawal", "goodwill"
ANNOUNCED, RECEIVED, INSPECTED, REFUNDED, CLOSED = "announced", "received", "inspected", "refunded", "closed"
AWAITED = (ANNOUNCED, RECEIVED)
"""The goods are on their way, or here and not looked at: the ledger does not know of them yet."""


class Return(Row):
    """A withdrawal as it was declared, or a return that staff agreed to.

    It goes from `announced` through `received` and `inspected` to `refunded`,
    each once, or staff close it without a refund. `refund_by` is the last day
    for the refund; it is known once the goods are here or were seen to be sent.
    """

    __tablename__ = "shop_return"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("deduction >= 0 AND shipping_amount >= 0", name="sums"),
        Index("ix_shop_return_state", "state", "refund_by"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"))
    number: Mapped[int] = mapped_column(doc="1 for the order's first return")
    kind: Mapped[str] = mapped_column(doc="withdrawal or goodwill")
    state: Mapped[str] = mapped_column(default=ANNOUNCED)
    submission: Mapped[str | None] = mapped_column(unique=True, doc="one per form: two clicks, one return")
    actor: Mapped[str]
    declared_at: Mapped[datetime]
    send_by: Mapped[date | None] = mapped_column(doc="the last day to send the goods; None when none are to come")
    sent_on: Mapped[date | None] = mapped_column(doc="the day on a proof of sending")
    received_on: Mapped[date | None]
    inspected_at: Mapped[datetime | None]
    refund_by: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    shipping_amount: Mapped[int] = mapped_column(default=0, doc="of the outward shipping, what goes back with it")
    deduction: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="", doc="why less goes back, or why staff agreed or closed it")

    order: Mapped[Order] = relationship()
    items: Mapped[list[ReturnItem]] = relationship(order_by="ReturnItem.id", lazy="selectin")
    outcomes: Mapped[list[ReturnOutcome]] = relationship(order_by="ReturnOutcome.id", cascade="all, delete-orphan")
    refunds: Mapped[list[Refund]] = relationship(order_by="Refund.id", viewonly=True)

    @property
    def coming(self) -> list[ReturnItem]:
        """What the customer is to send back."""
        return [each for each in self.items if each.sent and each.units]


class ReturnItem(Row):
    """Units of one item of an order's line: `units` are given back, `opened` stay because their seal is broken.

    `sent` says that they had reached the customer, or were on their way.
    `parts` is what was paid for each unit, with its place among the line's
    units of the item: no place is given back twice.
    """

    __tablename__ = "shop_return_item"
    __table_args__ = (
        UniqueConstraint("return_id", "line_id", "item_id", "sent"),
        CheckConstraint("units >= 0 AND opened >= 0 AND units + opened > 0", name="counts"),
    )

    return_id: Mapped[int] = mapped_column(ForeignKey("shop_return.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("shop_order_line.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    sent: Mapped[bool]
    units: Mapped[int]
    opened: Mapped[int] = mapped_column(default=0)
    parts: Mapped[list[list[int]]] = mapped_column(JSON, doc="[place, minor units] of each unit given back")

    line: Mapped[OrderLine] = relationship()
    item: Mapped[Item] = relationship(lazy="joined")

    @property
    def amount(self) -> int:
        """What was paid for the units that are given back, in minor units."""
        return sum(amount for _, amount in self.parts)


class ReturnOutcome(Row):
    """What became of units that came back: `restock`, `inspect` (kept in quarantine) or `discard`."""

    __tablename__ = "shop_return_outcome"
    __table_args__ = (
        UniqueConstraint("return_id", "lot_id", "what"),
        CheckConstraint("units > 0", name="positive"),
    )

    return_id: Mapped[int] = mapped_column(ForeignKey("shop_return.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("kits_lot.id"))
    units: Mapped[int]
    what: Mapped[str]

    lot: Mapped[Lot] = relationship(lazy="joined")

"""Purchase orders, light: what is on its way, by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.tables import Item
from kits.tables import Row

OPEN, CLOSED = "open", "closed"


class PurchaseOrder(Row):
    """Ordered from a supplier under a number of ours; `closed` when nothing more is expected of it."""

    __tablename__ = "kits_purchase_order"

    number: Mapped[str] = mapped_column(unique=True)
    supplier: Mapped[str]
    ordered_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(default=OPEN, index=True)
    submission: Mapped[str | None] = mapped_column(unique=True, doc="one a form: two clicks, one order")

    lines: Mapped[list[PurchaseLine]] = relationship(
        back_populates="order", order_by="PurchaseLine.id", lazy="selectin"
    )


class PurchaseLine(Row):
    """`quantity` units of an item expected on a day; `received` of them have come, in one delivery or several.

    A line that was called off has the quantity 0; more may come than was ordered.
    """

    __tablename__ = "kits_purchase_line"
    __table_args__ = (
        CheckConstraint("quantity >= 0 AND received >= 0", name="counts"),
        Index("ix_kits_purchase_line_item", "item_id", "expected_on"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("kits_purchase_order.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    expected_on: Mapped[date]

    order: Mapped[PurchaseOrder] = relationship(back_populates="lines")
    item: Mapped[Item] = relationship(lazy="joined")

    @property
    def outstanding(self) -> int:
        """Units that are still to come."""
        return max(0, self.quantity - self.received)

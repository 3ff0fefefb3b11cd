"""What staff repaired by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row
from shop.orders.tables import Order
from subscriptions.tables import Refill

CHARGED, CANCELLED, REPLACED = "charged", "cancelled", "replaced"


class Repair(Row):
    """Staff had a refill charged at once, cancelled it, or had its box replaced by `order`; `mark` is one a form."""

    __tablename__ = "subscriptions_repair"

    refill_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_refill.id"), index=True)
    what: Mapped[str] = mapped_column(doc="charged, cancelled or replaced")
    mark: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str]
    at: Mapped[datetime]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("shop_order.id"), unique=True, doc="the replacement")

    refill: Mapped[Refill] = relationship()
    order: Mapped[Order | None] = relationship()

"""Links by which a refill is paid in person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row
from shop.orders.tables import Order


class PayLink(Row):
    """A link in a mail that leads to the payment page of a refill's order, once, until it expires.

    Of its token only the hash is kept.
    """

    __tablename__ = "subscriptions_pay_link"

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()

"""Whom a recall concerns, a row an order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.stock.recall.tables import Recall
from shop.orders.tables import Order
from shop.work.leases import ClaimedRow
from shop.work.outbox import OutboxMail

TO_TELL, TOLD = "to_tell", "told"


class RecalledBox(ClaimedRow):
    """`units` of a recalled lot went out with `order`: its customer is told once, and may ask for a replacement.

    A replacement that was asked for in vain is wanted still: `waited_at` is
    when stock was last looked for.
    """

    __tablename__ = "subscriptions_recalled_box"
    __table_args__ = (
        UniqueConstraint("recall_id", "order_id"),
        CheckConstraint("units > 0", name="positive"),
        Index("ix_subscriptions_recalled_box_state", "state"),
        Index("ix_subscriptions_recalled_box_waits", "waited_at"),
    )

    recall_id: Mapped[int] = mapped_column(ForeignKey("kits_recall.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"), index=True)
    units: Mapped[int]
    shipped_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=TO_TELL)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("shop_outbox_mail.id"))
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("shop_order.id"), unique=True)
    waited_at: Mapped[datetime | None]

    recall: Mapped[Recall] = relationship()
    order: Mapped[Order] = relationship(foreign_keys=[order_id])
    replacement: Mapped[Order | None] = relationship(foreign_keys=[replacement_id])
    mail: Mapped[OutboxMail | None] = relationship()

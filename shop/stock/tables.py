"""What the owner was told about the stock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kits.tables import Row


class StockAlert(Row):
    """One thing about the stock that crossed its mark: told once when it does, again only after it was `cleared_at`.

    `kind` is `low`, `short` (promises that cannot be kept) or `expiring`;
    `subject` names the item's SKU or the lot's id.
    """

    __tablename__ = "shop_stock_alert"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    kind: Mapped[str]
    subject: Mapped[str]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    times: Mapped[int] = mapped_column(default=1, doc="how often it was raised")

"""Recalls of lots."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.stock.tables import Lot
from kits.tables import Row


class Recall(Row):
    """A lot that was called back: why (for the ledger), and what its recipients are told."""

    __tablename__ = "kits_recall"

    lot_id: Mapped[int] = mapped_column(ForeignKey("kits_lot.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text, doc="what its recipients are told; the same for all")
    actor: Mapped[str]
    begun_at: Mapped[datetime]

    lot: Mapped[Lot] = relationship(lazy="joined")

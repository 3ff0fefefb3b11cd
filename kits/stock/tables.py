"""Lots with their balance, the append-only ledger, and reservations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.tables import Item
from kits.tables import Row


class Lot(Row):
    """A batch of one item. `on_hand` is the sum of its movements, kept by the ledger module alone."""

    __tablename__ = "kits_lot"
    __table_args__ = (
        UniqueConstraint("item_id", "code"),
        CheckConstraint("on_hand >= 0", name="not_negative"),
        Index("ix_kits_lot_item_expiry", "item_id", "expires_on"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    code: Mapped[str]
    expires_on: Mapped[date]
    received_at: Mapped[datetime]
    on_hand: Mapped[int] = mapped_column(default=0)

    item: Mapped[Item] = relationship(lazy="joined")


class StockMovement(Row):
    """One line of the ledger: written once, never changed."""

    __tablename__ = "kits_stock_movement"

    at: Mapped[datetime]
    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("kits_lot.id"), index=True)
    kind: Mapped[str] = mapped_column(doc="receive or ship")
    quantity: Mapped[int] = mapped_column(doc="signed: what the balance changed by")
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(Text, default="")
    order_number: Mapped[str | None] = mapped_column(index=True)


class Reservation(Row):
    """Stock promised to an order until it is packed (`shipped`) or let go (`released`)."""

    __tablename__ = "kits_reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="positive"),
        Index("ix_kits_reservation_held", "item_id", "state", "serves_until"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    order_number: Mapped[str] = mapped_column(index=True)
    quantity: Mapped[int]
    serves_until: Mapped[date] = mapped_column(doc="the last session this stock must last for")
    state: Mapped[str] = mapped_column(default="held")
    made_at: Mapped[datetime]

"""Lots with their balances, the append-only ledger, and what is promised of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.tables import Item
from kits.tables import Row

HELD, ALLOCATED, SHIPPED, RELEASED = "held", "allocated", "shipped", "released"


class Lot(Row):
    """A batch of one item: units on the premises, and how many of them are allocated or in quarantine.

    Each balance is the sum of its movements, kept by the ledger module alone.
    """

    __tablename__ = "kits_lot"
    __table_args__ = (
        UniqueConstraint("item_id", "code"),
        CheckConstraint("on_hand >= 0", name="not_negative"),
        CheckConstraint(
            "allocated >= 0 AND quarantined >= 0 AND allocated + quarantined <= on_hand", name="within_on_hand"
        ),
        Index("ix_kits_lot_item_expiry", "item_id", "expires_on"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    code: Mapped[str] = mapped_column(index=True)
    supplier: Mapped[str] = mapped_column(default="")
    expires_on: Mapped[date] = mapped_column(doc="the last day on which it is good")
    received_at: Mapped[datetime]
    on_hand: Mapped[int] = mapped_column(default=0)
    allocated: Mapped[int] = mapped_column(default=0, doc="of those on hand: set aside for orders being packed")
    quarantined: Mapped[int] = mapped_column(default=0, doc="of those on hand: not to be used until decided")

    item: Mapped[Item] = relationship(lazy="joined")

    @hybrid_property
    def free(self) -> int:
        """Units that are neither allocated nor in quarantine."""
        return self.on_hand - self.allocated - self.quarantined

    @free.inplace.expression
    @classmethod
    def _free(cls) -> ColumnElement[int]:
        return cls.on_hand - cls.allocated - cls.quarantined


class StockMovement(Row):
    """One line of the ledger: written once, never changed; the database refuses an update or a delete.

    `quantity`, `allocated` and `quarantined` are what the lot's balances changed by.
    """

    __tablename__ = "kits_stock_movement"
    __table_args__ = (
        Index("ix_kits_stock_movement_item", "item_id", "id"),
        Index("ix_kits_stock_movement_kind", "kind", "at"),
    )

    at: Mapped[datetime]
    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("kits_lot.id"), index=True)
    kind: Mapped[str] = mapped_column(
        doc="receive, allocate, ship, return, adjust, write_off, quarantine or stock_take"
    )
    quantity: Mapped[int] = mapped_column(doc="signed: what the units on hand changed by")
    allocated: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    order_number: Mapped[str | None] = mapped_column(index=True)
    key: Mapped[str | None] = mapped_column(unique=True, doc="one a cause: what is sent twice is done once")


class Reservation(Row):
    """Stock promised to an order until it is packed (`shipped`) or let go (`released`).

    While it is `held` any lot that lasts may serve it; `allocated` to a lot it is no longer part of what is free.
    """

    __tablename__ = "kits_reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="positive"),
        Index("ix_kits_reservation_held", "item_id", "state", "serves_until"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    order_number: Mapped[str] = mapped_column(index=True)
    quantity: Mapped[int]
    serves_until: Mapped[date] = mapped_column(doc="the last session this stock must last for")
    state: Mapped[str] = mapped_column(default=HELD)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("kits_lot.id"), index=True, doc="once allocated")
    made_at: Mapped[datetime]


class Commitment(Row):
    """Stock kept back for a refill that is about to be charged; `source` names whose it is.

    It is no promise to anyone yet: it may exceed what there is, and then the shortfall is an alarm.
    """

    __tablename__ = "kits_commitment"
    __table_args__ = (
        UniqueConstraint("source", "item_id"),
        CheckConstraint("quantity > 0", name="positive"),
        Index("ix_kits_commitment_item", "item_id", "serves_until"),
    )

    source: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"))
    quantity: Mapped[int]
    serves_until: Mapped[date] = mapped_column(doc="the last session this stock must last for")
    wanted_on: Mapped[date] = mapped_column(doc="the day it is expected to be ordered")
    made_at: Mapped[datetime]

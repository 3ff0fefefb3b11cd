"""The proof that what we hold is what the ledger adds up to. It reads, and mends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.stock.tables import ALLOCATED, Lot, Reservation, StockMovement


@dataclass(frozen=True)
class Disagreement:
    """A lot whose balance `which` (on_hand, allocated, quarantined or reserved) is not what the ledger adds up to."""

    sku: str
    code: str
    which: str
    balance: int
    ledger: int


@dataclass(frozen=True)
class Proof:
    """So many lots were compared with so many movements at a moment; `disagreements` is empty when all agree."""

    at: datetime
    lots: int
    movements: int
    disagreements: Sequence[Disagreement]

    @property
    def agrees(self) -> bool:
        """True when every balance is what the ledger adds up to."""
        return not self.disagreements


def prove(session: Session, now: datetime) -> Proof:
    """Compare every balance with the ledger; three statements, however much there is."""
    found = disagreements(session)
    lots = session.scalar(select(func.count()).select_from(Lot)) or 0
    movements = session.scalar(select(func.count()).select_from(StockMovement)) or 0
    return Proof(now, lots, movements, found)


def disagreements(session: Session) -> list[Disagreement]:
    """Where balances are not what the ledger (and, for what is allocated, the reservations) add up to; one statement.

    Empty is the proof that all agree.
    """
    found = []
    for sku, code, *counts in session.execute(_compared()):
        on_hand, allocated, quarantined, moved, set_aside, kept, reserved = (int(count) for count in counts)
        pairs = (
            ("on_hand", on_hand, moved),
            ("allocated", allocated, set_aside),
            ("quarantined", quarantined, kept),
            ("reserved", reserved, set_aside),
        )
        found += [Disagreement(sku, code, which, balance, added) for which, balance, added in pairs if balance != added]
    return found


def _compared() -> Select[*tuple[Any, ...]]:
    moved = (
        select(
            StockMovement.lot_id,
            func.sum(StockMovement.quantity).label("on_hand"),
            func.sum(StockMovement.allocated).label("allocated"),
            func.sum(StockMovement.quarantined).label("quarantined"),
        )
        .group_by(StockMovement.lot_id)
        .subquery()
    )
    reserved = (
        select(Reservation.lot_id, func.sum(Reservation.quantity).label("units"))
        .where(Reservation.state == ALLOCATED)
        .group_by(Reservation.lot_id)
        .subquery()
    )
    sums: Sequence[object] = (moved.c.on_hand, moved.c.allocated, moved.c.quarantined, reserved.c.units)
    return (
        select(
            Item.sku, Lot.code, Lot.on_hand, Lot.allocated, Lot.quarantined, *(func.coalesce(each, 0) for each in sums)
        )
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(moved, moved.c.lot_id == Lot.id)
        .outerjoin(reserved, reserved.c.lot_id == Lot.id)
        .order_by(Item.sku, Lot.code)
    )

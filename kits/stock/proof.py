"""The proof that what we hold is what the ledger adds up to. It reads, and mends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.stock.ledger import Disagreement, disagreements
from kits.stock.tables import Lot, StockMovement


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

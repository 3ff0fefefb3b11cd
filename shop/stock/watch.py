"""What about the stock needs a look: items that run low or are promised too often, lots that expire soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.settings import setting
from kits.stock.figures import Figures, figures
from kits.stock.tables import Lot

LOW, SHORT, EXPIRING = "low", "short", "expiring"


@dataclass(frozen=True)
class Watched:
    """Items below their mark, items of which more is promised than there is, and lots, the first to expire first."""

    low: Sequence[Figures]
    short: Sequence[Figures]
    expiring: Sequence[Lot]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """The kind and the subject of each, as alerts name them."""
        lows = [(LOW, row.item.sku) for row in self.low]
        shorts = [(SHORT, row.item.sku) for row in self.short]
        return [*shorts, *lows, *((EXPIRING, str(lot.id)) for lot in self.expiring)]

    def among(self, told: set[tuple[str, str]]) -> Watched:
        """Those of them that `told` names."""
        return Watched(
            [row for row in self.low if (LOW, row.item.sku) in told],
            [row for row in self.short if (SHORT, row.item.sku) in told],
            [lot for lot in self.expiring if (EXPIRING, str(lot.id)) in told],
        )


def look(session: Session, today: date) -> Watched:
    """How the stock stands; six statements however much there is."""
    rows = figures(session, today)
    return Watched([row for row in rows if row.low], [row for row in rows if row.missing], _expiring(session, today))


def _expiring(session: Session, today: date) -> Sequence[Lot]:
    """Lots that are still good, with free units that will not be within SHOP_EXPIRY_DAYS."""
    until = today + timedelta(days=int(setting("EXPIRY_DAYS")))
    free = select(Lot).where(Lot.free > 0, Lot.expires_on >= today, Lot.expires_on <= until)
    return session.scalars(free.order_by(Lot.expires_on, Lot.id)).all()

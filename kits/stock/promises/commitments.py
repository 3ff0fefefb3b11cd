"""Keeping stock back for refills that are about to be charged, so that new kits leave it alone.

A commitment takes no lock and may exceed what there is: it says what will be
needed. What is lacking then shows as a shortfall, and new kits as sold out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session

from kits.stock.promises.reservations import Demand
from kits.stock.tables import Commitment

WITHDRAW = delete(Commitment.__table__).where(Commitment.__table__.c.source == bindparam("source"))  # type: ignore[arg-type]
"""Keeps nothing back for `source` any more, together with what takes its place."""


def commit_to(session: Session, source: str, demands: Iterable[Demand], *, wanted_on: date, now: datetime) -> None:
    """Keep `demands` back for `source` in place of whatever was. Flushes."""
    withdraw(session, source)
    session.add_all(
        Commitment(
            source=source,
            item_id=demand.item_id,
            quantity=demand.quantity,
            serves_until=demand.serves_until,
            wanted_on=wanted_on,
            made_at=now,
        )
        for demand in demands
    )
    session.flush()


def withdraw(session: Session, source: str) -> None:
    """Keep nothing back for `source` any more: it was ordered, or is no longer needed."""
    session.execute(delete(Commitment).where(Commitment.source == source))

"""What the desk's forms hand in, checked against the return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.errors import BadInput, WrongState
from kits.stock.moves.returns import What
from kits.stock.tables import Lot
from shop.payments.giving_back.money_back import LONGEST_NOTE
from shop.returns.tables import Return


def check_note(note: str, *, needed: bool = False) -> None:
    """Raise BadInput at `note` when it is too long, or missing where it is needed."""
    if needed and not note.strip():
        raise BadInput("note", "Say why, for whoever reads it later.")
    if len(note) > LONGEST_NOTE:
        raise BadInput("note", f"Keep this under {LONGEST_NOTE} characters.")


def check_day(row: Return, day: date, field: str, now: datetime) -> None:
    """Raise BadInput at `field` for a day before the order left or after today; WrongState when nothing was sent."""
    first = min((today(parcel.shipped_at) for parcel in row.order.parcels), default=None)
    if first is None:
        raise WrongState("Nothing of this was sent, so nothing comes back.")
    if not first <= day <= today(now):
        raise BadInput(field, "Give a day from the one the order left until today.")


def check_came(session: Session, row: Return, came: Mapping[tuple[int, What], int]) -> None:
    """Raise BadInput at `units` for nothing, or for more than is to come back with the return."""
    if not came:
        raise BadInput("units", "Say what came back. If nothing did, undo the receipt and close the return.")
    items = dict(session.execute(select(Lot.id, Lot.item_id).where(Lot.id.in_([lot for lot, _ in came]))).all())
    most: Counter[int] = Counter()
    for item in row.coming:
        most[item.item_id] += item.units
    for (lot, _), units in came.items():
        most[items.get(lot, 0)] -= units
        if units < 0 or most[items.get(lot, 0)] < 0:
            raise BadInput("units", "That is more than is to come back with this return.")

"""What the tests of packing look at: lots, reservations, what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kits import host
from kits.stock.moves.to_pack import Waiting, waiting
from kits.stock.tables import Lot, Reservation

AtOnce = Callable[..., list[Any]]
Put = Callable[..., None]
Promise = Callable[..., None]
Do = Callable[..., Any]
Left = Callable[[int, int], int]


def lots() -> dict[str, tuple[int, int]]:
    """On hand and set aside by lot code."""
    rows = host.session().execute(select(Lot.code, Lot.on_hand, Lot.allocated)).all()
    host.end_reads()
    return {code: (on_hand, allocated) for code, on_hand, allocated in rows}


def lot_id(code: str) -> int:
    """The id of a lot."""
    found = host.session().scalars(select(Lot.id).where(Lot.code == code)).one()
    host.end_reads()
    return found


def units(state: str) -> int:
    """Units of all reservations in a state."""
    found = host.session().scalar(select(func.sum(Reservation.quantity)).where(Reservation.state == state)) or 0
    host.end_reads()
    return int(found)


def looked_at(day: date, *orders: str) -> list[Waiting]:
    """What the orders wait for."""
    found = waiting(host.session(), orders, day)
    host.end_reads()
    return [found[order] for order in orders]

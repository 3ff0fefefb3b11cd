"""Packing paid orders: lots set aside for them, put back, or exchanged for others.

Each order in a unit of its own, and its row lock before the items' locks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kits import audit
from kits.errors import SoldOut, WrongState
from kits.host import unit
from kits.stock.ledger import Cause
from kits.stock.moves import other_lot, packing
from shop.orders.find import locked
from shop.orders.tables import PAID, Order
from shop.registers import Settled, run_steps


@dataclass(frozen=True)
class Refused:
    """An order that nothing was set aside for, and why."""

    number: str
    sentence: str


def start_packing(order_ids: Iterable[int], *, actor: str, now: datetime) -> list[Refused]:
    """Set lots aside for each of these orders, first expired first out; returns those it could not be done for.

    Commits order by order, so that one that lacks stock does not stop the
    others; of an order all is set aside or nothing. Doing it again changes nothing.
    """
    refused = []
    for order_id in order_ids:
        number = ""
        try:
            with unit() as session:
                order = locked(session, order_id)
                number = order.number
                _set_aside(session, order, actor, now)
        except (SoldOut, WrongState) as error:
            refused.append(Refused(number, str(error)))
    return refused


def set_aside_what_there_is(order_id: int, *, actor: str, now: datetime) -> int:
    """Set aside what the lots hold of an order, for a parcel with a part of it; returns the units. Commits.

    Raises WrongState unless the order is paid.
    """
    with unit() as session:
        return _set_aside(session, locked(session, order_id), actor, now, partly=True)


def stop_packing(order_id: int, *, actor: str, now: datetime) -> int:
    """Put back all that is set aside for an order; returns the units. Commits. Raises WrongState unless it is paid."""
    with unit() as session:
        order = locked(session, order_id)
        only_paid(order)
        units = packing.put_back(session, order.number, Cause(actor, now))
        _record(session, order, "order.put_back", actor, now, units=units)
    return units


def use_other_lot(order_id: int, lot_id: int, instead_of: int, cause: Cause) -> bool:
    """Set one unit of a lot aside in place of one of another. Commits; `cause.reason` goes into the ledger.

    A `cause.key` is done once: False when it was done before. Raises WrongState
    unless the order is paid and the lot may serve it, NotFound for a lot there is not.
    """
    with unit() as session:
        order = locked(session, order_id)
        only_paid(order)
        exchanged = other_lot.take_instead(session, order.number, lot_id, instead_of, cause)
        if exchanged:
            _record(session, order, "order.other_lot", cause.actor, cause.now, lot=lot_id, instead_of=instead_of)
    return exchanged


def only_paid(order: Order) -> None:
    """Raise WrongState unless the order is paid and not shipped."""
    if order.state != PAID:
        raise WrongState("Only a paid order can be shipped. Reload the page to see what it is now.")


def _set_aside(session: Session, order: Order, actor: str, now: datetime, *, partly: bool = False) -> int:
    only_paid(order)
    run_steps(session, Settled("leaving", order, now))
    units = packing.allocate(session, order.number, Cause(actor, now), partly=partly)
    _record(session, order, "order.set_aside", actor, now, units=units)
    return units


def _record(session: Session, order: Order, action: str, actor: str, now: datetime, **detail: int) -> None:
    if detail.get("units", 1):
        audit.record(session, at=now, actor=actor, action=action, subject=order.number, **detail)

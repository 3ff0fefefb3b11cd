"""Finding orders, and the row lock that decides who changes one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from kits.errors import NotFound
from kits.ready import Ready
from shop.orders.tables import Order

_ORDER: Any = Order.__table__
_LOCK = Ready(update(_ORDER).where(_ORDER.c.id == bindparam("order")).values(writes=_ORDER.c.writes + 1))
_WHOLE = (
    select(Order)
    .where(Order.id == bindparam("order"))
    .options(joinedload(Order.customer, innerjoin=True), joinedload(Order.lines))
    .execution_options(populate_existing=True)
)
_LOCKED = (
    update(Order)
    .where(Order.id == bindparam("order"))
    .values(writes=Order.writes + 1)
    .returning(Order)
    .execution_options(synchronize_session=False, populate_existing=True)
)


def order_by_token(session: Session, token: str) -> Order:
    """The order behind an unguessable link; raises NotFound."""
    return _one(session.scalars(select(Order).where(Order.token == token)).first())


def order_by_number(session: Session, number: str) -> Order:
    """The order with this number, for staff; raises NotFound."""
    return _one(session.scalars(select(Order).where(Order.number == number)).first())


def order_by_id(session: Session, order_id: int) -> Order:
    """The order with this id; raises NotFound."""
    return _one(session.get(Order, order_id))


def locked(session: Session, order_id: int) -> Order:
    """The order under its row lock until the unit ends, read afresh; raises NotFound.

    Writing a counter takes the lock on every engine; who comes second waits
    here and then sees what the first one did.
    """
    return _one(session.scalars(_LOCKED, {"order": order_id}).first())


def locked_whole(session: Session, order_id: int) -> Order:
    """The same, with its customer and its lines."""
    session.flush()
    _LOCK.run(session, {"order": order_id})
    return _one(session.scalars(_WHOLE, {"order": order_id}).unique().first())


def _one(found: Order | None) -> Order:
    if found is None:
        raise NotFound("There is no such order. Check the link in your mail.")
    return found

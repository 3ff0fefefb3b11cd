"""The order that this visitor placed and has not paid: going on with it, or putting its lines back into the basket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from kits.host import aside, session
from shop.orders.basket import Wish
from shop.orders.find import order_by_token
from shop.orders.tables import AWAITING, CANCELLED, Order, OrderLine
from shop.storefront import kept
from shop.storefront.kept import Put

_COLUMNS = (Order.number, Order.state, Order.paid_at, Order.keep_until)


@dataclass(frozen=True)
class Unpaid:
    """The order as the basket's page tells of it.

    `over`: it was cancelled, and its stock is no longer kept. `closed`: its
    time has passed, and nobody has looked at it since.
    """

    token: str
    number: str
    keep_until: datetime
    over: bool
    closed: bool


def unpaid(now: datetime) -> Unpaid | None:
    """This visitor's unpaid order, in one statement; one that was paid is forgotten."""
    token = kept.unpaid()
    if token is None:
        return None
    with aside() as look:
        found = look.execute(select(*_COLUMNS).where(Order.token == token)).first()
    if found is None or not _is_unpaid(found.state, found.paid_at):
        kept.forget_unpaid()
        return None
    over = found.state == CANCELLED
    return Unpaid(token, found.number, found.keep_until, over, closed=not over and found.keep_until <= now)


def can_be_put_back(order: Order) -> bool:
    """True for this visitor's own order that was cancelled unpaid; one that was paid is forgotten."""
    if kept.unpaid() != order.token:
        return False
    if not _is_unpaid(order.state, order.paid_at):
        kept.forget_unpaid()
    return order.state == CANCELLED and order.paid_at is None


def put_back(now: datetime) -> None:
    """Put the lines of this visitor's cancelled order into the basket, once; raises BadInput when they do not fit.

    They keep the prices they were ordered at, so that the basket says which are others by now.
    """
    found = unpaid(now)
    if found is None or not found.over:
        return
    kept.put_all([_put(line) for line in order_by_token(session(), found.token).lines])
    kept.forget_unpaid()


def _put(line: OrderLine) -> Put:
    wish = Wish(line.kit.slug, line.quantity, line.sessions, line.every_weeks, line.start, line.refills)
    return Put(wish, line.unit_amount, line.refill_amount)


def _is_unpaid(state: str, paid_at: datetime | None) -> bool:
    return state in (AWAITING, CANCELLED) and paid_at is None

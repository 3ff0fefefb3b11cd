"""Replacement orders: free, for what a customer was asked to stop using. They are packed like any other."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.clock import today
from kits.stock.promises.reservations import Demand, reserve
from shop.orders.checkout import new_number
from shop.orders.repeat import ADDRESS
from shop.orders.tables import PAID, Order, OrderLine


def place_replacement(
    session: Session, line: OrderLine, item: Item, units: int, *, serves_until: date, now: datetime
) -> Order:
    """Order `units` of an item for the plan of `line`, to the same address; nothing is due. Flushes; raises SoldOut.

    It serves a plan that is under way, so that stock kept back for refills serves it too.
    """
    before = line.order
    order = Order(
        number=new_number(),
        token=secrets.token_urlsafe(24),
        kind="replacement",
        state=PAID,
        customer_id=before.customer_id,
        root_number=before.root_number,
        currency=before.currency,
        total_amount=0,
        **{field: getattr(before, field) for field in ADDRESS},
        made_at=now,
        paid_at=now,
        keep_until=now,
        lines=[_line(line, f"Replacement: {item.name}", units, serves_until)],
    )
    session.add(order)
    session.flush()
    demand = Demand(item.id, units, serves_until)
    reserve(session, order.number, [demand], today=today(now), now=now, for_refill=True)
    return order


def _line(line: OrderLine, title: str, units: int, serves_until: date) -> OrderLine:
    same = ("kit_id", "refill_amount", "sessions", "every_weeks", "start")
    return OrderLine(
        **{field: getattr(line, field) for field in same},
        title=title,
        quantity=units,
        unit_amount=0,
        refills=False,
        serves_until=serves_until,
    )

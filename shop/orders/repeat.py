"""Refill orders: ordinary orders that follow a first one, to the same address."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from kits.clock import today
from kits.stock.promises.reservations import Demand, reserve
from shop.orders.checkout import new_number
from shop.orders.tables import Order, OrderLine


def place_refill(
    session: Session,
    line: OrderLine,
    *,
    number: int,
    quantity: int,
    serves_until: date,
    demands: Sequence[Demand],
    now: datetime,
) -> Order:
    """Place the `number`-th refill, of `quantity` boxes, of a first order's line and promise its stock.

    Flushes; raises SoldOut.
    """
    first = line.order
    order = Order(
        number=new_number(),
        token=secrets.token_urlsafe(24),
        kind="refill",
        customer_id=first.customer_id,
        root_number=first.number,
        refill_number=number,
        currency=first.currency,
        total_amount=line.refill_amount * quantity,
        **{field: getattr(first, field) for field in ("name", "line1", "city", "postcode", "country")},
        made_at=now,
        keep_until=now,
        lines=[_line(line, quantity, serves_until)],
    )
    session.add(order)
    session.flush()
    reserve(session, order.number, demands, today=today(now), now=now, for_refill=True)
    return order


def _line(line: OrderLine, quantity: int, serves_until: date) -> OrderLine:
    same = ("kit_id", "title", "refill_amount", "sessions", "every_weeks", "start")
    return OrderLine(
        **{field: getattr(line, field) for field in same},
        quantity=quantity,
        unit_amount=line.refill_amount,
        refills=False,
        serves_until=serves_until,
    )

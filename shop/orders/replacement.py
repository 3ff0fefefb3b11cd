"""Replacement orders: free, in place of what was recalled, lost or broken. They are packed like any other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
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
    """Order `units` of an item for the plan of `line`, to the same address; nothing is due. Flushes; raises SoldOut."""
    demands = [Demand(item.id, units, serves_until)]
    title = f"Replacement: {item.name}"
    return place_free(session, line, demands, title=title, quantity=units, serves_until=serves_until, now=now)


def place_free(
    session: Session,
    line: OrderLine,
    demands: Sequence[Demand],
    *,
    title: str,
    quantity: int,
    serves_until: date,
    now: datetime,
    ships_to: Mapping[str, str] | None = None,
) -> Order:
    """The same for all of `demands`, in one line; it goes where the order of `line` went, or to `ships_to`.

    It serves a plan that is under way, so that stock kept back for refills serves it too.
    """
    before = line.order
    address = ships_to or {field: getattr(before, field) for field in ADDRESS}
    order = Order(
        number=new_number(),
        token=secrets.token_urlsafe(24),
        kind="replacement",
        state=PAID,
        customer_id=before.customer_id,
        root_number=before.root_number,
        currency=before.currency,
        total_amount=0,
        **address,
        made_at=now,
        paid_at=now,
        keep_until=now,
        lines=[_line(line, title, quantity, serves_until)],
    )
    session.add(order)
    session.flush()
    reserve(session, order.number, demands, today=today(now), now=now, for_refill=True)
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

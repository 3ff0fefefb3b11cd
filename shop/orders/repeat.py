"""Refill orders: ordinary orders that follow a first one, to the same address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.clock import today
from kits.errors import BadInput
from kits.in_one import NOTHING, Rows, Write, insert_all, whole
from kits.ready import Ready, one_of
from kits.stock.promises.reservations import Demand, promised
from kits.stock.tables import Reservation
from kits.tables import Base
from shop.orders.checkout import new_number
from shop.orders.placing.rows import write_order
from shop.orders.tables import Order, OrderLine
from shop.selling import rules, shipping
from shop.selling.rules import Rules
from shop.selling.vat import vat_in

ADDRESS = ("name", "line1", "line2", "city", "postcode", "country")
_ITEM: Any = Item.__table__
_WEIGHTS = Ready(select(_ITEM.c.id, _ITEM.c.weight_g).where(one_of(_ITEM.c.id, "ids")))


class Charge(Protocol):
    """The first charge of a refill order, which is written with it. `holder` has the order's lease from then on."""

    holder: str

    def row(self, order: Order, /) -> tuple[type[Base], dict[str, Any]]:
        """The row that is written with the order's own."""

    def begun(self, row_id: int, /) -> None:
        """It is written, with this id; nothing is committed yet."""


def place_refill(
    session: Session,
    line: OrderLine,
    *,
    number: int,
    quantity: int,
    unit_amount: int,
    serves_until: date,
    demands: Sequence[Demand],
    now: datetime,
    ships_to: Mapping[str, str] | None = None,
    charge: Charge | None = None,
    order_number: str | None = None,
    also: tuple[Write, ...] = (),
    given: Mapping[str, Any] = NOTHING,
) -> Order:
    """Place the `number`-th refill, of `quantity` boxes, of a first order's line and promise its stock.

    It goes where the first order went, or to `ships_to`, the columns of an address. A box costs `unit_amount` minor
    units, as was announced, delivery included, with the VAT of today in it. It is written with the `charge` that
    follows; under `order_number` where it was charged already. `also` are writes done with it: what they leave
    open is `given`, and the order's id as `order`.
    The order belongs to no session: its columns and its line, as they are written. Flushes; raises SoldOut.
    """
    session.flush()
    first, ruling = line.order, rules.read(session)
    vat = vat_in(unit_amount * quantity, ruling.facts.vat_rate)
    address = ships_to or {field: getattr(first, field) for field in ADDRESS}
    row = {
        "number": order_number or new_number(),
        "token": secrets.token_urlsafe(24),
        "kind": "refill",
        "customer_id": first.customer_id,
        "root_number": first.number,
        "refill_number": number,
        "currency": first.currency,
        "total_amount": unit_amount * quantity,
        "shipping_method": _cheapest(ruling, address["country"], _grams(session, demands)),
        "vat_permille": ruling.facts.vat_rate,
        "vat_amount": vat,
        **address,
        "made_at": now,
        "keep_until": now,
    }
    own = _line(line, quantity, unit_amount, serves_until, vat)
    # Before the items are locked, so that others wait the less for them.
    order_id = write_order(session, row, charge.holder if charge else None)
    order = Order(**whole(Order, row), id=order_id, lines=[OrderLine(**whole(OrderLine, own))])
    held = promised(session, order.number, demands, today=today(now), now=now, for_refill=True)
    parts = ((Reservation, held), (OrderLine, [{"order_id": order_id, **own}]))
    _write_parts(session, order, parts, charge, also, {**given, "order": order_id} if also else given)
    return order


def _write_parts(
    session: Session,
    order: Order,
    parts: Sequence[tuple[type[Base], Rows]],
    charge: Charge | None,
    also: tuple[Write, ...],
    given: Mapping[str, Any],
) -> None:
    if charge is None:
        insert_all(session, *parts, also=also, given=given)
        return
    table, row = charge.row(order)
    charge.begun(insert_all(session, *parts, (table, [row]), also=also, given=given))


def _grams(session: Session, demands: Sequence[Demand]) -> int:
    """What it weighs, wrapped for sending."""
    found = _WEIGHTS.run(session, {"ids": sorted({demand.item_id for demand in demands})})
    weights = {row[0]: int(row[1]) for row in found}
    return sum(weights[demand.item_id] * demand.quantity for demand in demands)


def _cheapest(ruling: Rules, country: str, grams: int) -> str:
    """How a refill goes: whatever costs us least. Where we no longer deliver staff choose a way when they pack."""
    try:
        return shipping.cheapest(shipping.ways(ruling.zones, country, grams)).name
    except BadInput:
        return ""


def _line(line: OrderLine, quantity: int, unit_amount: int, serves_until: date, vat: int) -> dict[str, Any]:
    same = ("kit_id", "title", "sessions", "every_weeks", "start")
    return {
        **{field: getattr(line, field) for field in same},
        "quantity": quantity,
        "unit_amount": unit_amount,
        "refill_amount": unit_amount,
        "vat_amount": vat,
        "refills": False,
        "serves_until": serves_until,
    }

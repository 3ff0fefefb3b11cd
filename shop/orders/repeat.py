"""Refill orders: ordinary orders that follow a first one, to the same address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.clock import today
from kits.errors import BadInput
from kits.stock.promises.reservations import Demand, reserve
from shop.orders.checkout import new_number
from shop.orders.tables import Order, OrderLine
from shop.selling import rules, shipping
from shop.selling.rules import Rules
from shop.selling.vat import vat_in
from shop.work.leases import held_from_now

ADDRESS = ("name", "line1", "line2", "city", "postcode", "country")


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
    holder: str | None = None,
    order_number: str | None = None,
) -> Order:
    """Place the `number`-th refill, of `quantity` boxes, of a first order's line and promise its stock.

    It goes where the first order went, or to `ships_to`, the columns of an address. A box costs `unit_amount` minor
    units, as was announced, delivery included, with the VAT of today in it. It is written under the payment lease of
    `holder`, who charges it; under `order_number` where it was charged already. Flushes; raises SoldOut.
    """
    first, ruling = line.order, rules.read(session)
    total, rate = unit_amount * quantity, ruling.facts.vat_rate
    vat = vat_in(total, rate)
    address = ships_to or {field: getattr(first, field) for field in ADDRESS}
    order = Order(
        number=order_number or new_number(),
        token=secrets.token_urlsafe(24),
        kind="refill",
        customer_id=first.customer_id,
        root_number=first.number,
        refill_number=number,
        currency=first.currency,
        total_amount=total,
        shipping_method=_cheapest(ruling, address["country"], _grams(session, demands)),
        vat_permille=rate,
        vat_amount=vat,
        **address,
        made_at=now,
        keep_until=now,
        **(held_from_now(holder) if holder else {}),
        lines=[_line(line, quantity, unit_amount, serves_until, vat)],
    )
    session.add(order)
    session.flush()
    reserve(session, order.number, demands, today=today(now), now=now, for_refill=True)
    return order


def _grams(session: Session, demands: Sequence[Demand]) -> int:
    """What it weighs, wrapped for sending."""
    return sum(session.get_one(Item, demand.item_id).weight_g * demand.quantity for demand in demands)


def _cheapest(ruling: Rules, country: str, grams: int) -> str:
    """How a refill goes: whatever costs us least. Where we no longer deliver staff choose a way when they pack."""
    try:
        return shipping.cheapest(shipping.ways(ruling.zones, country, grams)).name
    except BadInput:
        return ""


def _line(line: OrderLine, quantity: int, unit_amount: int, serves_until: date, vat: int) -> OrderLine:
    same = ("kit_id", "title", "sessions", "every_weeks", "start")
    return OrderLine(
        **{field: getattr(line, field) for field in same},
        quantity=quantity,
        unit_amount=unit_amount,
        refill_amount=unit_amount,
        vat_amount=vat,
        refills=False,
        serves_until=serves_until,
    )

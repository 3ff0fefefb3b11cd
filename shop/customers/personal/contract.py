"""What a room says and does of one customer: what runs on for them, what it holds on them, how they are erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from shop.customers.tables import Customer
from shop.orders.tables import Order


@dataclass(frozen=True)
class Running:
    """What goes on being sent to a customer and charged: to the address of `order`, from the card with these digits.

    `next_charge` is the day as it stands now; None while none is planned.
    """

    title: str
    order: Order
    card_brand: str | None
    card_last4: str | None
    next_charge: date | None


Runs = Callable[[Session, Customer, datetime], list[Running]]
"""What of a room's runs on for a customer; reads only, in as many statements however much it is."""

ExportPart = Callable[[Session, Customer, datetime], Any]
"""All that a room holds on a customer, ready for JSON: no secrets (tokens, keys), no ids of ours. Reads only, in as
many statements however much it is."""


def _nothing(*_: Any) -> None:
    pass


@dataclass(frozen=True)
class ErasurePart:
    """What a room does when a customer is erased.

    `hinders(session, customer_id, now)` gives a sentence when they cannot be erased now, with what to do or to wait
    for; else None. Reads only; it is asked first, and again in the erasing transaction.
    `finish(customer_id, now)` comes next, outside any transaction: it ends what runs on, in units of its own, so that
    nothing is charged or sent afterwards. It may raise Busy or GatewayError: then nobody is erased, and what it did
    stays done. It is called again with the next try.
    `erase(session, customer_id, now)` clears what the room's rows hold of the person, within the erasing transaction.
    The customer's orders and then the customer's row are locked by then. It flushes and never calls the gateway.
    """

    hinders: Callable[[Session, int, datetime], str | None] = _nothing
    finish: Callable[[int, datetime], None] = _nothing
    erase: Callable[[Session, int, datetime], None] = _nothing

"""Shipping: what is set aside leaves its lots in a parcel; an order leaves in one or in several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, WrongState
from kits.host import unit
from kits.stock.ledger import Cause
from kits.stock.moves import packing
from kits.stock.tables import StockMovement
from shop.links import order_url
from shop.orders.find import locked
from shop.orders.parcels.carriers import tracking_page
from shop.orders.parcels.contents import contents, still_to_come
from shop.orders.parcels.packing import only_paid
from shop.orders.tables import PAID, SHIPPED, Order, Parcel, ParcelContent
from shop.registers import Settled, parcel_links, run_steps
from shop.work.letters import letter
from shop.work.outbox import post

LONGEST_TRACKING = 80


def ship(
    order_id: int,
    *,
    tracking: str,
    actor: str,
    now: datetime,
    units: Mapping[int, int] | None = None,
    lots: Mapping[int, int] | None = None,
    parcel: int | None = None,
) -> None:
    """Send a parcel: `lots` as units by lot id, else `units` by item id, else all that is left. Commits.

    The order is shipped once nothing of it is left; the customer gets a mail
    for each parcel. `parcel` is the number this parcel is to have: one that
    was sent before is not sent again. Raises WrongState unless the order is
    paid, SoldOut when the lots do not hold it, BadInput for nothing to send,
    more than is left, or a tracking number over 80 characters.
    """
    if len(tracking) > LONGEST_TRACKING or not tracking.isprintable():
        raise BadInput("tracking", "Give a tracking number of up to 80 characters, or leave it empty.")
    if any(asked is not None and not any(asked.values()) for asked in (units, lots)):
        raise BadInput("units", "This parcel would be empty. Pick something first.")
    with unit() as session:
        order = locked(session, order_id)
        if parcel is not None and parcel < next_number(order):
            return
        if parcel is not None and parcel > next_number(order):
            raise WrongState("This order has changed since you opened it. Load the page again.")
        only_paid(order)
        run_steps(session, Settled("leaving", order, now))
        moved = packing.ship(session, order.number, Cause(actor, now), units, lots=lots)
        sent = _parcel(session, order, moved, tracking.strip() or None, actor, now)
        if not packing.left_to_ship(session, order.number):
            _complete(session, order, sent)
        _tell(session, order, sent)


def complete(session: Session, order: Order) -> None:
    """The rest of an order was let go: if all that is left of it has left already, it is shipped. Flushes."""
    if order.state == PAID and order.parcels and not packing.left_to_ship(session, order.number):
        _complete(session, order, order.parcels[-1])


def next_number(order: Order) -> int:
    """The number that the order's next parcel gets."""
    return len(order.parcels) + 1


def _parcel(
    session: Session, order: Order, moved: Sequence[StockMovement], tracking: str | None, actor: str, now: datetime
) -> Parcel:
    contents = [ParcelContent(movement_id=line.id) for line in moved]
    sent = Parcel(number=next_number(order), tracking=tracking, actor=actor, shipped_at=now, contents=contents)
    order.parcels.append(sent)
    session.flush()
    units = -sum(line.quantity for line in moved)
    audit.record(
        session, at=now, actor=actor, action="parcel.sent", subject=order.number, parcel=sent.number, units=units
    )
    return sent


def _complete(session: Session, order: Order, last: Parcel) -> None:
    """Nothing of the order is left: only now it is shipped, and the rooms above hear of it."""
    now = last.shipped_at
    order.state, order.shipped_at, order.tracking = SHIPPED, now, last.tracking
    audit.record(session, at=now, actor=last.actor, action="order.shipped", subject=order.number)
    session.flush()
    run_steps(session, Settled("shipped", order, now))


def _tell(session: Session, order: Order, sent: Parcel) -> None:
    mail = letter(
        f"On its way: {'the rest of ' if sent.number > 1 and order.state == SHIPPED else ''}order {order.number}",
        "shop/mails/parcel_sent",
        order=order,
        parcel=sent,
        lots=contents(session, order)[sent.id],
        to_come=still_to_come(session, order),
        tracking_page=tracking_page(sent.tracking),
        links=parcel_links(session, order),
        url=order_url(order.token),
    )
    key = f"parcel-sent-{order.number}-{sent.number}"
    post(session, key, order.customer.email, mail, now=sent.shipped_at)

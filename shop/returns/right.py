"""How long the right of withdrawal lasts, and when its money is due, as pure arithmetic over the shop's days.

Consumer Contracts Regulations 2013: 14 days after the day the last parcel
came (reg 30); the goods are sent within 14 days of withdrawing (reg 35); the
money goes back within 14 days of having them, or of proof that they were
sent, whichever is first, and of the withdrawal itself for what had not been
sent (reg 34).
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from kits.clock import today
from shop.orders.tables import PAID, SHIPPED, Order, Parcel
from shop.registers import registers

RIGHT = SEND_BACK = REFUND = timedelta(days=14)
ON_THE_WAY = timedelta(days=14)
"""How long a parcel counts as on its way when nobody told us that it came: longer than any of them takes."""
KINDS = ("kit", "refill")


def days_of(session: Session, order: Order) -> timedelta:
    """How long the right lasts for an order: 14 days, or more where the law of its contract gives more."""
    given = [days for say in registers().cooling_off if (days := say(session, order)) is not None]
    return max([RIGHT, *(timedelta(days=each) for each in given)])


def last_day(order: Order, days: timedelta = RIGHT) -> date | None:
    """The last day of the right; None while a part of the order has not left, so that its days do not run yet."""
    if order.state != SHIPPED or not order.parcels:
        return None
    return max(_came(parcel) for parcel in order.parcels) + days


def lasts(order: Order, day: date, days: timedelta = RIGHT) -> bool:
    """True while the order can be withdrawn from: it is paid for, and its days have not passed."""
    if order.kind not in KINDS or order.state not in (PAID, SHIPPED):
        return False
    last = last_day(order, days)
    return last is None or day <= last


def refund_by(*, received_on: date | None, sent_on: date | None) -> date | None:
    """The last day for the money of what was sent to the customer; None while the goods are with them."""
    known = [day for day in (received_on, sent_on) if day is not None]
    return min(known) + REFUND if known else None


def _came(parcel: Parcel) -> date:
    if parcel.delivered_at is not None:
        return today(parcel.delivered_at)
    return today(parcel.shipped_at) + ON_THE_WAY

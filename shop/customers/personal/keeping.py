"""What the law makes us keep of an erased person: how long, for what, and letting it go when its time is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.host import unit
from kits.stock.tables import Lot, StockMovement
from shop.customers import addresses
from shop.customers.people import is_alive
from shop.customers.personal.tables import INVOICE, RECALL, KeptPerson
from shop.orders.tables import Order, Parcel, ParcelContent
from shop.papers.tables import Document, DocumentBuyer
from shop.work.timetable import periodic

# VAT Regulations 1995, reg. 31 with Notice 700/21: records of what was sold, invoices among them, for 6 years.
INVOICE_YEARS = 6
# General Product Safety Regulations 2005, reg. 7: whoever sold a product must be able to warn those who have it. The
# serum is used up or expired by then, and a claim for what it did comes within 3 years (Limitation Act 1980, s. 11).
RECALL_YEARS = 3


@dataclass(frozen=True)
class Keeping:
    """That something of an order's customer is kept: for `reason`, up to and on `until`."""

    order: Order
    reason: str
    until: date


def keepings(session: Session, orders: Sequence[Order], day: date) -> list[Keeping]:
    """What of these orders' customer must be kept after `day`; one statement."""
    sent = _last_use(session, [order.id for order in orders])
    found = []
    for order in orders:
        if order.paid_at is not None and order.total_amount:
            found.append(Keeping(order, INVOICE, today(order.paid_at) + relativedelta(years=INVOICE_YEARS)))
        if order.id in sent:
            found.append(Keeping(order, RECALL, sent[order.id] + relativedelta(years=RECALL_YEARS)))
    return [each for each in found if each.until >= day]


def keep(session: Session, kept: Sequence[Keeping], email: str) -> None:
    """Keep it apart, while the orders still hold it. Flushes."""
    for each in kept:
        about = {field: getattr(each.order, field) for field in addresses.FIELDS}
        about = about if each.reason == INVOICE else {"email": email}
        session.add(KeptPerson(order_id=each.order.id, reason=each.reason, keep_until=each.until, **about))
    session.flush()


def recall_contact(session: Session, order: Order) -> str | None:
    """The address that a recall of what this order brought is written to; None when it is not known any more.

    Nobody is erased before the unit ends.
    """
    if is_alive(session, order.customer_id):
        return order.customer.email
    kept = select(KeptPerson.email).where(KeptPerson.order_id == order.id, KeptPerson.reason == RECALL)
    return session.scalar(kept)


def let_go(now: datetime) -> None:
    """Delete what need not be kept any more, and addresses that can no longer be put back. Commits.

    Invoices and credit notes stay as they were issued, but no longer say whom they were for.
    """
    over = KeptPerson.keep_until < today(now)
    with unit() as session:
        invoiced = select(KeptPerson.order_id).where(over, KeptPerson.reason == INVOICE)
        papers = select(Document.id).where(Document.order_id.in_(invoiced))
        buyers = delete(DocumentBuyer).where(DocumentBuyer.document_id.in_(papers))
        session.execute(buyers.execution_options(synchronize_session=False))
        session.execute(delete(KeptPerson).where(over).execution_options(synchronize_session=False))
    addresses.forget_removed(now)


def _last_use(session: Session, order_ids: Sequence[int]) -> dict[int, date]:
    """By order, the last day on which what was sent is good, or the day it left if that is later."""
    query = (
        select(Parcel.order_id, func.max(Parcel.shipped_at), func.max(Lot.expires_on))
        .join(ParcelContent, ParcelContent.parcel_id == Parcel.id)
        .join(StockMovement, StockMovement.id == ParcelContent.movement_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(Parcel.order_id.in_(order_ids))
        .group_by(Parcel.order_id)
    )
    return {order_id: max(today(shipped), expires) for order_id, shipped, expires in session.execute(query)}


KEEPING_DUTY = periodic("what need not be kept", timedelta(days=1), let_go)

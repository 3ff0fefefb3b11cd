"""The invoice that goes with the mail about an order: made when the mail leaves, so that no sale waits for it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.settings import setting
from shop.orders.tables import Order
from shop.papers.pdf.invoice import invoice_pdf
from shop.papers.tables import INVOICE, Document
from shop.work.outbox import Attachment

CONFIRMED = "order-confirmed-"
"""What the key of a confirmation begins with; the order's number follows."""


def files_of(session: Session, key: str) -> list[Attachment]:
    """The files that the mail with this key carries beside its own: the invoice of the order it confirms."""
    if not key.startswith(CONFIRMED):
        return []
    query = select(Document).join(Order, Order.id == Document.order_id)
    number = key.removeprefix(CONFIRMED)[:13]
    found = session.scalars(query.where(Order.number == number, Document.kind == INVOICE)).first()
    if found is None:
        return []
    return [Attachment(f"{found.code}.pdf", "application/pdf", invoice_pdf(found, shop=str(setting("NAME"))))]

"""A customer's invoices, credit notes and returns as they download them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from kits.dates import iso
from shop.customers.tables import Customer
from shop.orders.tables import Order
from shop.papers.tables import Document
from shop.returns.tables import Return, ReturnItem


def documents(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Invoices and credit notes: all that they say, and whom they are for."""
    mine = select(Document).join(Order, Order.id == Document.order_id).where(Order.customer_id == customer.id)
    found = session.scalars(mine.options(joinedload(Document.buyer)).order_by(Document.id))
    return [
        {
            "kind": each.kind,
            "number": each.code,
            "issued_at": iso(each.issued_at),
            "for": {"name": each.buyer.name, "address": each.buyer.address} if each.buyer else None,
            "says": each.snapshot,
        }
        for each in found
    ]


def returns(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Withdrawals and returns, with what came back and what became of it."""
    mine = select(Return).join(Order, Order.id == Return.order_id).where(Order.customer_id == customer.id)
    whole = (joinedload(Return.order), selectinload(Return.items), selectinload(Return.outcomes))
    return [_return(each) for each in session.scalars(mine.options(*whole).order_by(Return.id))]


def _return(each: Return) -> dict[str, Any]:
    same = ("number", "kind", "state", "shipping_amount", "deduction", "note")
    days = ("declared_at", "send_by", "sent_on", "received_on", "inspected_at", "refund_by", "ended_at")
    return {
        "order": each.order.number,
        **{name: getattr(each, name) for name in same},
        **{name: iso(getattr(each, name)) for name in days},
        "items": [_item(item) for item in each.items],
        "came_to": [{"lot": it.lot.code, "units": it.units, "what": it.what} for it in each.outcomes],
    }


def _item(item: ReturnItem) -> dict[str, Any]:
    about = {"item": item.item.name, "units": item.units, "opened": item.opened, "sent": item.sent}
    return {**about, "amount": item.amount}

"""A customer's orders as they download them: what was bought, agreed to, paid, given back and sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from kits.dates import iso
from shop.customers.addresses import FIELDS
from shop.customers.tables import Customer
from shop.orders.parcels.contents import Packed, contents
from shop.orders.tables import Agreement, Order, OrderLine, Parcel
from shop.payments.tables import Payment, PaymentAttempt, Refund


def orders(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Orders with what was bought, agreed to, paid, given back and sent."""
    whole = [selectinload(getattr(Order, name)) for name in ("acknowledgements", "agreements", "parcels")]
    lines = selectinload(Order.lines).joinedload(OrderLine.kit)
    mine = select(Order).where(Order.customer_id == customer.id).order_by(Order.id)
    found = session.scalars(mine.options(lines, *whole)).all()
    packed, money = contents(session, *found), _Money(session, customer)
    return [{**_order(order), **money.of(order), "parcels": _parcels(order, packed)} for order in found]


class _Money:
    """Attempts, payments and refunds of a customer's orders, by order; three statements."""

    def __init__(self, session: Session, customer: Customer) -> None:
        mine = select(Order.id).where(Order.customer_id == customer.id)
        self.attempts = self._all(session, PaymentAttempt, mine)
        self.payments = self._all(session, Payment, mine)
        refunds = select(Refund).join(Refund.payment).where(Payment.order_id.in_(mine)).order_by(Refund.id)
        self.refunds: Sequence[Refund] = session.scalars(refunds).all()

    def of(self, order: Order) -> dict[str, Any]:
        paid = [each for each in self.payments if each.order_id == order.id]
        tried = [each for each in self.attempts if each.order_id == order.id]
        back = [each for each in self.refunds if each.payment_id in {payment.id for payment in paid}]
        return {
            "payment_attempts": [_attempt(each) for each in tried],
            "payments": [_payment(each) for each in paid],
            "refunds": [_refund(each) for each in back],
        }

    @staticmethod
    def _all(session: Session, table: Any, mine: Any) -> Sequence[Any]:
        return session.scalars(select(table).where(table.order_id.in_(mine)).order_by(table.id)).all()


def _order(order: Order) -> dict[str, Any]:
    same = ("number", "kind", "state", "root_number", "refill_number", "shipping_method", "discount_code", *FIELDS)
    times = ("made_at", "paid_at", "shipped_at")
    amounts = ("total_amount", "shipping_amount", "vat_amount", "shipping_vat", "vat_permille")
    return {
        **{name: getattr(order, name) for name in (*same, "currency", *amounts)},
        **{name: iso(getattr(order, name)) for name in times},
        "lines": [_line(line) for line in order.lines],
        "acknowledged_notices": [
            {"version": each.version, "sha256": each.sha256, "accepted_at": iso(each.accepted_at)}
            for each in order.acknowledgements
        ],
        "agreements": [_agreement(each) for each in order.agreements],
    }


def _line(line: OrderLine) -> dict[str, Any]:
    same = ("title", "quantity", "unit_amount", "refill_amount", "discount_amount", "vat_amount", "sessions")
    return {
        "kit": line.kit.slug,
        **{name: getattr(line, name) for name in (*same, "every_weeks", "refills")},
        "start": iso(line.start),
        "serves_until": iso(line.serves_until),
    }


def _agreement(each: Agreement) -> dict[str, Any]:
    return {"to": each.kind, "version": each.version, "text": each.text, "agreed_at": iso(each.agreed_at)}


def _parcels(order: Order, packed: dict[int, list[Packed]]) -> list[dict[str, Any]]:
    return [_parcel(each, packed[each.id]) for each in order.parcels]


def _parcel(parcel: Parcel, packed: list[Packed]) -> dict[str, Any]:
    return {
        "number": parcel.number,
        "tracking": parcel.tracking,
        "shipped_at": iso(parcel.shipped_at),
        "delivered_at": iso(parcel.delivered_at),
        "contents": [
            {"item": each.lot.item.name, "lot": each.lot.code, "expires": iso(each.lot.expires_on), "units": each.units}
            for each in packed
        ],
    }


def _attempt(each: PaymentAttempt) -> dict[str, Any]:
    about = {name: getattr(each, name) for name in ("number", "way", "state", "amount", "currency", "decline_code")}
    return {**about, "started_at": iso(each.started_at), "ended_at": iso(each.ended_at)}


def _payment(each: Payment) -> dict[str, Any]:
    about = {
        name: getattr(each, name)
        for name in ("amount", "currency", "card_brand", "card_last4", "means", "reference", "note")
    }
    return {**about, "paid_at": iso(each.paid_at)}


def _refund(each: Refund) -> dict[str, Any]:
    about = {name: getattr(each, name) for name in ("amount", "state", "reason", "note", "reference")}
    return {**about, "asked_at": iso(each.asked_at), "ended_at": iso(each.ended_at)}

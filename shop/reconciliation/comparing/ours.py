"""The rows of ours that a batch of Stripe's is compared with; one statement each, however many are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from kits.money import Money
from shop.orders.tables import Order
from shop.payments.tables import Payment, Refund
from shop.reconciliation.comparing.facts import OurPayment, OurRefund

PAYMENT = (Payment.intent_id, Payment.amount, Payment.currency, Payment.dispute, Order.number)
REFUND = (Refund.id, Refund.gateway_id, Refund.key, Refund.state, Refund.amount.label("given"))


def payments(session: Session, intents: Collection[str]) -> dict[str, OurPayment]:
    """By the ids of their intents."""
    if not intents:
        return {}
    found = session.execute(select_payments().where(Payment.intent_id.in_(intents)))
    return {row.intent_id: a_payment(row) for row in found}


def refunds(session: Session, which: ColumnElement[bool]) -> list[OurRefund]:
    """Those of which `which` is true, in the order of their ids."""
    found = session.execute(select_refunds().where(which).order_by(Refund.id))
    return [a_refund(row) for row in found]


def refunds_named(session: Session, ids: Iterable[str], marks: Iterable[str]) -> list[OurRefund]:
    """Those with these ids of Stripe's, and those whose mark Stripe has shown: their answer may have been lost."""
    return refunds(session, or_(Refund.gateway_id.in_(list(ids)), Refund.key.in_(list(marks))))


def totals(session: Session, numbers: Collection[str]) -> dict[str, Money]:
    """What the orders with these numbers cost."""
    if not numbers:
        return {}
    found = session.execute(select(Order.number, Order.total_amount, Order.currency).where(Order.number.in_(numbers)))
    return {number: Money(amount, currency) for number, amount, currency in found}


def select_payments() -> Any:
    """Rows for `a_payment`."""
    return select(*PAYMENT).join(Order, Order.id == Payment.order_id)


def select_refunds() -> Any:
    """Rows for `a_refund`."""
    paid = select(*REFUND, *PAYMENT).join(Payment, Payment.id == Refund.payment_id)
    return paid.join(Order, Order.id == Payment.order_id)


def a_payment(row: Row[Any]) -> OurPayment:
    """Plain values, so that reading leaves no transaction open."""
    return OurPayment(row.intent_id, Money(row.amount, row.currency), row.number, row.dispute)


def a_refund(row: Row[Any]) -> OurRefund:
    """The same for a refund."""
    return OurRefund(row.id, row.gateway_id, row.key, row.state, Money(row.given, row.currency), a_payment(row))

"""What we hold on a disputed payment: what was agreed to, acknowledged, tried, sent and delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from kits.errors import NotFound
from shop.orders.tables import Acknowledgement, Agreement, Order, Parcel
from shop.payments.tables import Payment, PaymentAttempt, Refund

MOST = 200
AGREED = {
    "terms": "The terms",
    "refill_charges": "That the card is charged for refills later",
    "key_information": "The key information of the refills",
}


@dataclass(frozen=True)
class Evidence:
    """All of it, read for one payment; `first` is the order with which the plan was bought, or the order itself."""

    payment: Payment
    first: Order
    attempts: Sequence[PaymentAttempt]
    refunds: Sequence[Refund]

    @property
    def order(self) -> Order:
        """What was paid for."""
        return self.payment.order

    @property
    def agreements(self) -> list[tuple[str, Agreement]]:
        """What the buyer agreed to, in words."""
        return [(AGREED.get(each.kind, each.kind), each) for each in self.first.agreements]

    @property
    def acknowledgements(self) -> Sequence[Acknowledgement]:
        """The versions of the notice that the buyer confirmed with the order."""
        return self.first.acknowledgements

    @property
    def parcels(self) -> Sequence[Parcel]:
        """What was sent for the money."""
        return self.order.parcels


def listed(session: Session) -> Sequence[Payment]:
    """The payments that are or were disputed, or that a bank warned of, the newest first; two statements."""
    told = or_(Payment.dispute.is_not(None), Payment.warned_at.is_not(None))
    rows = select(Payment).where(told).options(joinedload(Payment.order)).order_by(Payment.id.desc()).limit(MOST)
    return session.scalars(rows).all()


def gather(session: Session, payment_id: int) -> Evidence:
    """The evidence on a payment that is disputed or was warned of; raises NotFound for any other."""
    payment = session.scalars(
        select(Payment)
        .where(Payment.id == payment_id, or_(Payment.dispute.is_not(None), Payment.warned_at.is_not(None)))
        .options(joinedload(Payment.order).options(joinedload(Order.customer), selectinload(Order.parcels)))
    ).first()
    if payment is None:
        raise NotFound("No such payment is disputed.")
    first = session.scalars(
        select(Order)
        .where(Order.number == payment.order.root_number)
        .options(selectinload(Order.agreements), selectinload(Order.acknowledgements))
    ).one()
    tried = select(PaymentAttempt).where(PaymentAttempt.order_id == payment.order_id).order_by(PaymentAttempt.number)
    refunds = select(Refund).where(Refund.payment_id == payment.id).order_by(Refund.id)
    return Evidence(payment, first, session.scalars(tried).all(), session.scalars(refunds).all())


def standing(payment: Payment) -> str:
    """How it stands, in words for staff."""
    words = {"open": "disputed", "lost": "lost", "won": "won"}
    return words[payment.dispute] if payment.dispute else "warned of"


def since(payment: Payment) -> datetime | None:
    """When we first heard of it."""
    return payment.disputed_at or payment.warned_at

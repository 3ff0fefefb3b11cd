"""What the admin's pages about orders list. Reads only; each list is short however large the shop is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from kits.stock.tables import Lot, StockMovement
from shop.orders.tables import PAID, Order
from shop.payments.tables import Payment, PaymentAttempt, Refund
from shop.work.outbox import OutboxMail

A_PAGE = 50


@dataclass(frozen=True)
class Mails:
    """How many mails wait to leave, and how many were refused."""

    queued: int
    refused: int


@dataclass(frozen=True)
class MoneyRows:
    """All that was tried and paid for an order, oldest first."""

    attempts: Sequence[PaymentAttempt]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]


def to_pack(session: Session) -> Sequence[Order]:
    """Paid orders, the oldest first."""
    paid = select(Order).where(Order.state == PAID).options(selectinload(Order.lines))
    return session.scalars(paid.order_by(Order.paid_at, Order.id).limit(A_PAGE)).all()


def count_to_pack(session: Session) -> int:
    """How many orders are paid and not packed."""
    return session.scalar(select(func.count()).select_from(Order).where(Order.state == PAID)) or 0


def mails(session: Session) -> Mails:
    """What the outbox holds back."""
    counts = select(OutboxMail.state, func.count()).where(OutboxMail.state.in_(("queued", "refused")))
    found: dict[str, int] = {row[0]: row[1] for row in session.execute(counts.group_by(OutboxMail.state))}
    return Mails(found.get("queued", 0), found.get("refused", 0))


def orders(session: Session, *, state: str = "", before: int | None = None) -> Sequence[Order]:
    """A page of orders, the newest first, and one more when there is a next page; `before` is a page's last id."""
    query = select(Order).options(joinedload(Order.customer)).order_by(Order.id.desc()).limit(A_PAGE + 1)
    if state:
        query = query.where(Order.state == state)
    if before is not None:
        query = query.where(Order.id < before)
    return session.scalars(query).all()


def money(session: Session, order: Order) -> MoneyRows:
    """The order's attempts, payments and refunds."""
    attempts = select(PaymentAttempt).where(PaymentAttempt.order_id == order.id).order_by(PaymentAttempt.number)
    payments = select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)
    refunds = select(Refund).join(Refund.payment).where(Payment.order_id == order.id).order_by(Refund.id)
    return MoneyRows(session.scalars(attempts).all(), session.scalars(payments).all(), session.scalars(refunds).all())


def movements(session: Session, number: str) -> Sequence[tuple[StockMovement, Lot]]:
    """What left or entered the stock for an order, with its lots."""
    query = select(StockMovement, Lot).join(Lot, Lot.id == StockMovement.lot_id)
    found = session.execute(query.where(StockMovement.order_number == number).order_by(StockMovement.id)).all()
    return [(movement, lot) for movement, lot in found]

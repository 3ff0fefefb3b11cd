"""What the admin's pages about orders list. Reads only; each list is short however large the shop is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from kits.catalogue.tables import Item
from kits.stock.tables import Lot, StockMovement
from shop.orders.tables import PAID, Order
from shop.payments.tables import Payment, PaymentAttempt, Refund

A_PAGE = 50


@dataclass(frozen=True)
class MoneyRows:
    """All that was tried and paid for an order, oldest first."""

    attempts: Sequence[PaymentAttempt]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]


def to_pack(session: Session, *, after: int | None = None, most: int | None = None) -> Sequence[Order]:
    """Paid orders, the oldest first: a page, or `most`; `after` is the id of the last order of the page before."""
    since = func.coalesce(Order.paid_at, Order.made_at)
    paid = select(Order).where(Order.state == PAID).options(selectinload(Order.lines), selectinload(Order.parcels))
    if after is not None:
        then = select(since).where(Order.id == after).scalar_subquery()
        paid = paid.where((since > then) | ((since == then) & (Order.id > after)))
    return session.scalars(paid.order_by(since, Order.id).limit(most or A_PAGE)).all()


def ids_of(session: Session, numbers: Sequence[str]) -> list[int]:
    """The ids of orders by their numbers, in the order they are packed in; unknown numbers are left out."""
    wanted = select(Order.id).where(Order.number.in_(numbers))
    return list(session.scalars(wanted.order_by(func.coalesce(Order.paid_at, Order.made_at), Order.id)))


def lots_read(session: Session, code: str) -> Sequence[Lot]:
    """The lots that a scanned code may mean: those with this code, or all of the item with this SKU."""
    codes = {code.strip(), code.strip().upper()}
    meant = select(Lot).join(Item, Item.id == Lot.item_id).where(Lot.code.in_(codes) | Item.sku.in_(codes))
    return session.scalars(meant.order_by(Lot.on_hand.desc(), Lot.id).limit(A_PAGE)).all()


def how_many_to_pack() -> ScalarSelect[int]:
    """How many orders are paid and not packed, to be read with other figures."""
    return select(func.count()).select_from(Order).where(Order.state == PAID).scalar_subquery()


def count_to_pack(session: Session) -> int:
    """The same figure."""
    return session.scalar(select(how_many_to_pack())) or 0


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

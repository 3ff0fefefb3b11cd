"""Erasing a person: what runs on is ended first, then one transaction takes away who they are."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.clock import today
from kits.errors import Busy, WrongState
from kits.host import end_reads, outside_transaction, session, unit
from shop.customers.personal import keeping, mails
from shop.customers.personal.tables import Erasure
from shop.customers.signing_in.links import revoke_links
from shop.customers.tables import Customer, LinkRequest, SavedAddress
from shop.orders.tables import AWAITING, PAID, Order
from shop.payments.cards.tables import CardSetup, SavedCard
from shop.payments.hosted import release
from shop.payments.tables import PENDING, Payment, PaymentAttempt, Refund
from shop.reconciliation.tables import Finding
from shop.registers import registers
from shop.returns.lists import still_owed
from shop.returns.tables import ANNOUNCED, INSPECTED, RECEIVED, Return
from shop.work.outbox import NOBODY

NAMELESS = "(erased)"
UNSETTLED = "A payment of yours is being worked on just now. Nothing was erased. Try again in some minutes."
NEW_ORDER = "An order was placed with your address just now. Nothing was erased. Look at it, then try again."


def hindrance(current: Session, customer_id: int, now: datetime) -> str | None:
    """Why this person cannot be erased now, as a sentence; None when they can be."""
    found = (part.hinders(current, customer_id, now) for part in registers().erasure_parts)
    ours = (
        _unsent(current, customer_id),
        _coming_back(current, customer_id, now),
        _money_going_back(current, customer_id),
    )
    return next((sentence for sentence in (*ours, *found) if sentence), None)


def erase(customer_id: int, *, now: datetime) -> None:
    """Erase a person for good; erasing twice changes nothing. Commits, in several units.

    Raises WrongState when something hinders it, Busy or GatewayError while a
    payment cannot be closed: then nobody is erased, though plans may have
    been ended and unpaid orders cancelled.
    """
    outside_transaction()
    _refuse_hindered(customer_id, now)
    for order_id in _unpaid(customer_id):
        release.cancel(order_id, now=now)
    _refuse_hindered(customer_id, now)
    for part in registers().erasure_parts:
        part.finish(customer_id, now)
    with unit() as current:
        _erase(current, customer_id, now)


def _erase(current: Session, customer_id: int, now: datetime) -> None:
    # The orders before their customer, as settling does; what was placed meanwhile is found afterwards.
    orders = _locked_orders(current, customer_id)
    customer = current.get_one(Customer, customer_id, populate_existing=True)
    email, gateway_id = customer.email, customer.stripe_customer
    if not _take_name(current, customer_id, now):
        return
    _refuse_unfinished(current, customer_id, orders, now)
    kept = keeping.keepings(current, orders, today(now))
    keeping.keep(current, kept, email)
    _clear_orders(orders)
    _clear_rows(current, customer_id, email, orders)
    for part in registers().erasure_parts:
        part.erase(current, customer_id, now)
    mails.clear(current, mails.written_to(email), customer_id, now)
    mail = mails.confirm(current, customer_id, email, kept, now)
    current.add(Erasure(customer_id=customer_id, gateway_id=gateway_id, mail=mail, asked_at=now))
    subject = f"customer:{customer_id}"
    audit.record(current, at=now, actor=subject, action="customer.erased", subject=subject)


def _locked_orders(current: Session, customer_id: int) -> Sequence[Order]:
    mine = select(Order).where(Order.customer_id == customer_id).order_by(Order.id)
    return current.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()


def _take_name(current: Session, customer_id: int, now: datetime) -> bool:
    """Take away what names the customer; False when that was done before. From here on no order of theirs is placed."""
    alive = update(Customer).where(Customer.id == customer_id, Customer.erased_at.is_(None))
    nameless = {
        "email": f"erased-{secrets.token_hex(8)}{NOBODY}",
        "name": "",
        "stripe_customer": None,
        "sign_ins": Customer.sign_ins + 1,
        "erased_at": now,
    }
    return bool(current.execute(alive.values(nameless)).rowcount)  # type: ignore[attr-defined]


def _refuse_unfinished(current: Session, customer_id: int, orders: Sequence[Order], now: datetime) -> None:
    """Raises Busy or WrongState for what came in between: an order, or money."""
    if (sentence := hindrance(current, customer_id, now)) is not None:
        raise WrongState(sentence)
    count = current.scalar(select(func.count()).select_from(Order).where(Order.customer_id == customer_id))
    if count != len(orders):
        raise Busy(NEW_ORDER)
    if any(order.state == AWAITING for order in orders):
        raise Busy(UNSETTLED)


def _clear_orders(orders: Sequence[Order]) -> None:
    for order in orders:
        order.name, order.line1, order.line2, order.city, order.postcode = NAMELESS, "", "", "", ""
        order.token = secrets.token_urlsafe(24)  # the links in old mails lead nowhere


def _clear_rows(current: Session, customer_id: int, email: str, orders: Sequence[Order]) -> None:
    ids = [order.id for order in orders]
    revoke_links(current, customer_id)
    current.execute(delete(SavedAddress).where(SavedAddress.customer_id == customer_id))
    current.execute(delete(LinkRequest).where(LinkRequest.email == email))
    cards = {"card": None, "card_brand": None, "card_last4": None}
    current.execute(update(Payment).where(Payment.order_id.in_(ids)).values(note=None, **cards))
    numbers = [order.number for order in orders]
    current.execute(update(Finding).where(Finding.order_number.in_(numbers)).values(reason=""))
    paid = select(Payment.id).where(Payment.order_id.in_(ids))
    for mine, table in ((Refund.payment_id.in_(paid), Refund), (Return.order_id.in_(ids), Return)):
        # What staff wrote to the person may name them.
        current.execute(update(table).where(mine).values(note="").execution_options(synchronize_session=False))
    current.execute(update(PaymentAttempt).where(PaymentAttempt.order_id.in_(ids)).values(session_url=None, card=None))
    current.execute(delete(CardSetup).where(CardSetup.customer_id == customer_id))
    current.execute(delete(SavedCard).where(SavedCard.customer_id == customer_id))


def _refuse_hindered(customer_id: int, now: datetime) -> None:
    try:
        sentence = hindrance(session(), customer_id, now)
    finally:
        end_reads()
    if sentence is not None:
        raise WrongState(sentence)


def _unsent(current: Session, customer_id: int) -> str | None:
    """A paid order that has not left: who it goes to is still needed."""
    mine = select(Order.number).where(Order.customer_id == customer_id, Order.state == PAID)
    number = current.scalar(mine.order_by(Order.id).limit(1))
    if number is None:
        return None
    return f"Order {number} has not left us yet, and we need your name and address to send it. Come back when it has."


def _coming_back(current: Session, customer_id: int, now: datetime) -> str | None:
    """A return that is not settled: staff may have to ask, and tell when the money goes back."""
    awaited = and_(Return.state == ANNOUNCED, or_(Return.send_by.is_(None), Return.send_by >= today(now)))
    not_done = or_(awaited, Return.state.in_((RECEIVED, INSPECTED)))
    mine = select(Order.number).join(Return, Return.order_id == Order.id).where(Order.customer_id == customer_id)
    number = current.scalar(mine.where(not_done).order_by(Order.id).limit(1))
    if number is None:
        return None
    return f"What you give back of order {number} is not settled yet. Come back when it is."


def _money_going_back(current: Session, customer_id: int) -> str | None:
    """A refund that has not arrived: if the bank sends it back, we must be able to ask its owner where to."""
    open_ones = or_(Refund.state == PENDING, still_owed())
    mine = select(Order.number).select_from(Refund).join(Refund.payment).join(Payment.order)
    number = current.scalar(mine.where(Order.customer_id == customer_id, open_ones).order_by(Order.id).limit(1))
    if number is None:
        return None
    return f"The money that goes back for order {number} has not arrived yet. Come back when it has."


def _unpaid(customer_id: int) -> Sequence[int]:
    """Orders that wait for their payment, refills aside: those end with their plan."""
    mine = select(Order.id).where(Order.customer_id == customer_id, Order.state == AWAITING, Order.kind != "refill")
    try:
        return session().scalars(mine.order_by(Order.id)).all()
    finally:
        end_reads()

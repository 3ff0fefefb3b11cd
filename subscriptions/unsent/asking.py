"""A plan is held or ended while a refill of it is paid and has not left: packing stops, and its customer is asked.

It waits as a charge does that needs a yes: `must_confirm` is set, and `confirmed_at` once they want it sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from kits.errors import WrongState
from shop.links import order_url
from shop.orders import tables as orders
from shop.orders.tables import Order, Parcel
from shop.work.letters import letter
from shop.work.outbox import Letter, post
from subscriptions.links import plan_url
from subscriptions.locks import lock_plan, lock_refills
from subscriptions.tables import PAID, Refill

WAITS = (
    "This refill is not packed: its plan was held or ended after it was paid. "
    "Its customer was asked whether to send or to refund it."
)


def waiting() -> ColumnElement[bool]:
    """Refills that are paid and wait for their customer's word."""
    return and_(Refill.state == PAID, Refill.must_confirm, Refill.confirmed_at.is_(None))


def waits(refill: Refill) -> bool:
    """The same of one refill."""
    return refill.state == PAID and refill.must_confirm and refill.confirmed_at is None


def ask_of_plan(session: Session, subscription_id: int, now: datetime) -> None:
    """The plan is held or ended: ask about each refill that is paid and of which nothing has left. Flushes.

    The plan's lock is held.
    """
    left = exists().where(Parcel.order_id == Refill.order_id)
    order_paid = exists().where(Order.id == Refill.order_id, Order.state == orders.PAID)
    mine = Refill.subscription_id == subscription_id, Refill.state == PAID
    for refill in session.scalars(select(Refill).where(*mine, order_paid, ~left).order_by(Refill.id)).all():
        if not waits(refill):
            ask(session, refill, now)


def ask(session: Session, refill: Refill, now: datetime) -> None:
    """Stop packing one refill, and ask its customer. Flushes."""
    refill.asked_at, refill.asks = now, refill.asks + 1 if waits(refill) else 1
    refill.must_confirm, refill.confirmed_at = True, None
    session.flush()
    key = f"box-waits-{refill.id}-{now.isoformat()}"
    post(session, key, refill.subscription.customer.email, asked_letter(refill), now=now)


def asked_letter(refill: Refill) -> Letter:
    """What the customer reads: the two choices."""
    plan = refill.subscription
    choose = plan_url("refillery_holding.box", plan, number=refill.number)
    about = {"refill": refill, "plan": plan, "choose_url": choose, "url": order_url(plan.order.token)}
    return letter("Your paid refill: send it or refund it?", "subscriptions/mails/box_waits", **about)


def may_leave(session: Session, refill: Refill) -> None:
    """Its order is about to be packed or to leave; takes the plan's and its refills' locks. Raises WrongState."""
    lock_plan(session, refill.subscription_id)
    lock_refills(session, refill.subscription_id)
    if waits(refill):
        raise WrongState(WAITS)

"""A customer's word about a refill that is paid and has not left: send it anyway, or refund it. Never both."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit, host
from kits.errors import NotFound, WrongState
from shop.orders.tables import REFUNDED
from shop.payments.giving_back import money_back
from shop.payments.giving_back.reasons import NOT_WANTED
from subscriptions.locks import lock_plan, lock_refills
from subscriptions.tables import CANCELLED, Refill
from subscriptions.unsent.asking import waits

REFUNDED_ALREADY = "This refill is refunded, so it is not sent any more."
SENT = "This refill is being sent, as you asked, so it cannot be refunded here. You can withdraw from it by its order."


def find(session: Session, subscription_id: int, number: int) -> Refill:
    """The plan's refill of this number; raises NotFound unless it was paid."""
    mine = select(Refill).where(Refill.subscription_id == subscription_id, Refill.number == number)
    found = session.scalars(mine).first()
    if found is None or found.paid_on is None:
        raise NotFound("There is nothing to choose here. Check the link in your mail.")
    return found


def send(subscription_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Have the refill packed and sent all the same. Commits. Twice changes nothing. Raises WrongState once refunded."""
    with host.unit() as session:
        refill = _locked(session, subscription_id, number)
        if refill.state == CANCELLED:
            raise WrongState(REFUNDED_ALREADY)
        if not waits(refill):
            return
        refill.confirmed_at = now
        subject = f"subscription {subscription_id}"
        audit.record(session, at=now, actor=actor, action="refill.sent_anyway", subject=subject, refill=number)


def refund(subscription_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Give all its money back, and let its box go. Commits. Twice refunds once.

    Raises WrongState when it was sent or is to be, and while its payment is disputed.
    """
    order_id = find(host.session(), subscription_id, number).order_id
    host.end_reads()
    still = partial(_still_waits, subscription_id=subscription_id, number=number)
    if order_id is None or money_back.all_of(order_id, reason=NOT_WANTED, actor=actor, now=now, only_if=still):
        return
    order = find(host.session(), subscription_id, number).order
    refunded = order is not None and order.state == REFUNDED
    host.end_reads()
    if not refunded:
        raise WrongState(SENT)


def _still_waits(session: Session, *, subscription_id: int, number: int) -> bool:
    return waits(_locked(session, subscription_id, number))


def _locked(session: Session, subscription_id: int, number: int) -> Refill:
    lock_plan(session, subscription_id)
    lock_refills(session, subscription_id)
    return find(session, subscription_id, number)

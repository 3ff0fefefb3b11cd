"""Disputes: learnt from the gateway's events, asked about afresh, and kept with the payment they are about.

While one is open nothing of its payment is refunded; one that was lost has
given the customer the money back already.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import Busy
from kits.host import end_reads, outside_transaction, session, unit
from shop.orders.find import locked
from shop.orders.tables import Order
from shop.payments.gateway.account import gateway
from shop.payments.gateway.seen import DisputeSeen, together
from shop.payments.giving_back import refund_letters
from shop.payments.tables import FAILED, PENDING, Payment, Refund
from shop.registers import Settled, run_steps

EVENTS = "charge.dispute."
TRIES = 5


def learn(dispute_id: str, *, now: datetime) -> None:
    """Ask the gateway about a dispute it has named in an event, and keep how it stands. Commits."""
    outside_transaction()
    seen = gateway().dispute(dispute_id)
    if seen.intent_id is not None:
        look(seen.intent_id, now=now)


def look(intent_id: str, *, now: datetime) -> str | None:
    """Ask the gateway how an intent's disputes stand and keep it; `open`, `lost`, `won`, or None. Commits.

    What was asked while someone else was writing may be old, and is asked again.
    """
    outside_transaction()
    for _ in range(TRIES):
        order_id, writes = _order_of(intent_id)
        seen = together(gateway().disputes(intent_id))
        if order_id is None or seen is None:
            return None if seen is None else seen.standing
        with unit() as current:
            came_in_time = locked(current, order_id).writes == writes + 1
            if not came_in_time or not _keep(current, intent_id, seen, now):
                current.rollback()  # what changes nothing makes nobody else's answer old
            if came_in_time:
                return seen.standing
    raise Busy("This order is being worked on just now. Try again in a minute.")


def _order_of(intent_id: str) -> tuple[int | None, int]:
    of = select(Order.id, Order.writes).join(Payment, Payment.order_id == Order.id)
    try:
        found = session().execute(of.where(Payment.intent_id == intent_id)).first()
        return (found[0], found[1]) if found else (None, 0)
    finally:
        end_reads()


def _keep(current: Session, intent_id: str, seen: DisputeSeen, now: datetime) -> bool:
    """Keep what was seen; False when it is known."""
    mine = select(Payment).where(Payment.intent_id == intent_id)
    payment = current.scalars(mine.execution_options(populate_existing=True)).one()
    standing = seen.standing
    known = (payment.dispute, payment.dispute_reason, payment.dispute_answer_by)
    if known == (standing, seen.reason or None, seen.answer_by):
        return False
    payment.dispute_reason, payment.dispute_answer_by = seen.reason or None, seen.answer_by
    if payment.dispute == standing:
        return True
    payment.dispute, payment.disputed_at = standing, payment.disputed_at or now
    current.flush()
    order = payment.order
    audit.record(current, at=now, actor="settle", action=f"dispute.{standing}", subject=order.number)
    if standing == "lost":
        waiting = update(Refund).where(Refund.payment_id == payment.id, Refund.state == PENDING)
        current.execute(waiting.values(state=FAILED, ended_at=now, problem="the bank gave the money back"))
    refund_letters.disputed(current, payment, now)
    run_steps(current, Settled("disputed", order, now, payment=payment))
    return True

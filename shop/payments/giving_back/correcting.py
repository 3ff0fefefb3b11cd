"""Refunds that went otherwise than our books say: made by hand at the gateway, or ended there without a word to us.

Each is written under the order's lock, from what the gateway says when asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import NotFound, WrongState
from kits.host import end_reads, outside_transaction, session, unit
from shop.orders.find import locked
from shop.orders.tables import PAID, SHIPPED, Order
from shop.papers.issuing import issue_credit_note, paying
from shop.payments.gateway.account import gateway
from shop.payments.gateway.seen import RefundSeen
from shop.payments.giving_back import money_back, reasons, refund_letters, refunds
from shop.payments.tables import FAILED, PENDING, SUCCEEDED, Payment, Refund

UNDER_WAY = (
    "Another refund of this order is under way, and there is not enough left for both. Try again when it is done."
)


def record(gateway_id: str, *, actor: str, now: datetime) -> bool:
    """Write down a refund that was made at the gateway, and tell its customer; False for one that is known. Commits.

    With the last of the money that paid for it the order is over. Raises WrongState where refunds under way leave
    less, NotFound for one of no payment of ours.
    """
    outside_transaction()
    seen = gateway().refund_seen(gateway_id)
    order_id = _order_id(select(Payment.order_id).where(Payment.intent_id == seen.intent_id))
    with unit() as current:
        order = locked(current, order_id)
        if current.scalar(select(Refund.id).where(Refund.gateway_id == seen.id)) is not None:
            return False
        payment = current.scalars(select(Payment).where(Payment.intent_id == seen.intent_id)).one()
        refund = _written(current, payment, seen, actor, now)
        audit.record(
            current, at=now, actor=actor, action="order.refund_recorded", subject=order.number, refund=refund.id,
            amount=refund.amount,
        )  # fmt: skip
        said = _end(current, order, payment, actor, now)
        refund_letters.asked(current, refund, now, said)
        issue_credit_note(current, refund, now=now)
        return True


def take_over(gateway_id: str, *, actor: str, now: datetime) -> None:
    """Let a refund of ours stand as the gateway says that it does, whatever we thought; it is asked afresh. Commits.

    Raises WrongState where it is about another sum, or refunds under way leave less.
    """
    outside_transaction()
    seen = gateway().refund_seen(gateway_id)
    mine = (Refund.gateway_id == seen.id) | (Refund.key == (seen.mark or ""))
    order_id = _order_id(select(Payment.order_id).join(Refund, Refund.payment_id == Payment.id).where(mine))
    with unit() as current:
        order = locked(current, order_id)
        refund = current.scalars(select(Refund).where(mine)).first()
        if refund is None:
            return
        if seen.amount not in (None, refund.money):
            raise WrongState(f"Stripe gave {seen.amount} back and this stands with {refund.money}: put it aside.")
        was = refund.state
        refund.gateway_id = seen.id
        if seen.failed:
            _fail(current, refund, seen.problem or seen.status, now)
        else:
            _succeed(current, refund, now)
        audit.record(
            current, at=now, actor=actor, action="order.refund_taken_over", subject=order.number, refund=refund.id,
            was=was, now=refund.state,
        )  # fmt: skip


def not_given(refund_id: int, *, actor: str, now: datetime) -> None:
    """A refund that counts as given is not at the gateway: it failed, and can be asked for again. Commits."""
    order_id = _order_id(
        select(Payment.order_id).join(Refund, Refund.payment_id == Payment.id).where(Refund.id == refund_id)
    )
    with unit() as current:
        order = locked(current, order_id)
        refund = current.get_one(Refund, refund_id, populate_existing=True)
        if refund.state != SUCCEEDED:
            return
        _fail(current, refund, "Stripe does not know of it", now)
        audit.record(
            current, at=now, actor=actor, action="order.refund_missing", subject=order.number, refund=refund.id
        )


def _written(current: Session, payment: Payment, seen: RefundSeen, actor: str, now: datetime) -> Refund:
    amount = seen.amount.amount if seen.amount else payment.amount
    if amount > refunds.left(current, payment):
        raise WrongState(UNDER_WAY)
    about: dict[str, Any] = {"key": f"made-elsewhere-{seen.id}", "gateway_id": seen.id, "reason": reasons.OTHER}
    made = Refund(
        payment=payment,
        amount=amount,
        state=SUCCEEDED,
        actor=actor,
        asked_at=seen.made_at or now,
        ended_at=now,
        **about,
    )
    current.add(made)
    current.flush()
    return made


def _end(current: Session, order: Order, payment: Payment, actor: str, now: datetime) -> list[str]:
    """With the last of the money that paid for the order it is over; what that means is told."""
    paid = paying(current, order.id)
    whole = order.state in (PAID, SHIPPED) and paid is payment and not refunds.left(current, payment)
    return money_back.end(current, order, actor=actor, now=now) if whole else []


def _fail(current: Session, refund: Refund, problem: str, now: datetime) -> None:
    if refund.state == FAILED:
        return
    refund.state, refund.ended_at, refund.problem = FAILED, now, problem
    current.flush()
    refund_letters.failed(current, refund, now)


def _succeed(current: Session, refund: Refund, now: datetime) -> None:
    if refund.state == SUCCEEDED:
        return
    if refund.state != PENDING and refund.amount > refunds.left(current, refund.payment):
        raise WrongState(UNDER_WAY)
    refund.state, refund.ended_at, refund.problem = SUCCEEDED, now, None
    current.flush()
    issue_credit_note(current, refund, now=now)


def _order_id(query: Any) -> int:
    found = session().scalar(query)
    end_reads()
    if found is None:
        raise NotFound("There is no payment of ours that this is about.")
    return int(found)

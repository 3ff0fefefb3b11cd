"""Refunds: a row committed first, then asked for under its own key until the gateway has answered."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from kits.errors import WrongState
from kits.host import end_reads, outside_transaction, session, unit
from shop.environment import standing
from shop.papers.issuing import issue_credit_note
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import FailedInside, Refused
from shop.payments.gateway.seen import RefundSeen
from shop.payments.giving_back import disputes, refund_letters
from shop.payments.tables import DISPUTED, FAILED, PENDING, SUCCEEDED, Payment, Refund
from shop.work.duties import Duty

EVENTS = ("refund.failed", "refund.updated", "charge.refund.updated")
IN_DISPUTE = "The customer’s bank is looking into this payment, so nothing of it can be refunded now."
BANK_TOOK_IT = "The customer’s bank has taken this payment back for them, so nothing of it can be refunded."


def ask(
    current: Session,
    payment: Payment,
    amount: int,
    *,
    reason: str,
    now: datetime,
    actor: str = "settle",
    note: str = "",
    return_id: int | None = None,
) -> Refund:
    """Write down a refund of `amount` minor units. The caller holds the order's lock. Flushes.

    Raises WrongState when pending and succeeded refunds would exceed the
    payment, and while it is disputed.
    """
    current.refresh(payment, ["dispute"])
    if payment.disputed:
        raise WrongState(IN_DISPUTE if payment.dispute == "open" else BANK_TOOK_IT)
    if amount > left(current, payment):
        raise WrongState("This is more than is left to refund.")
    refund = Refund(
        payment=payment,
        amount=amount,
        key=f"refund-{uuid.uuid4().hex}",
        reason=reason,
        note=note,
        actor=actor,
        return_id=return_id,
        asked_at=now,
    )
    current.add(refund)
    current.flush()
    return refund


def left(current: Session, payment: Payment) -> int:
    """What of the payment neither went back nor is on its way back, in minor units."""
    given = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.payment_id == payment.id, Refund.state.in_((PENDING, SUCCEEDED))
    )
    return payment.amount - (current.scalar(given) or 0)


def send(refund_id: int, now: datetime) -> None:
    """Ask the gateway for a pending refund and record its answer; asking twice refunds once. Commits.

    While the payment is disputed it waits; what came another way is not the gateway's to give back.
    """
    outside_transaction()
    refund = session().get_one(Refund, refund_id)
    intent, amount, mark, tries = refund.payment.intent_id, refund.amount, refund.key, refund.requests
    waits = refund.state != PENDING or refund.payment.disputed
    end_reads()
    if waits or intent is None:
        return
    standing.require(now, to_charge=True)
    try:
        # It may be there already: a failure inside the gateway may have refunded all the same, and a key whose
        # answer was lost is forgotten after a day.
        seen = gateway().find_refund(intent, mark)
        seen = seen or gateway().refund(intent, amount, mark=mark, key=f"{mark}-{tries}")
    except FailedInside:
        _count_on(refund_id)
        raise
    except Refused as error:
        # A dispute may have begun that no event has told of yet; then it is not refused for good.
        if disputes.look(intent, now=now) not in DISPUTED:
            _ended(refund_id, FAILED, now, problem=str(error))
        return
    _record(refund_id, seen, now)


def learn(gateway_id: str, *, now: datetime) -> None:
    """Ask the gateway about a refund it has named in an event: the customer's bank may have sent it back. Commits."""
    outside_transaction()
    seen = gateway().refund_seen(gateway_id)
    refund_id = session().scalar(select(Refund.id).where(Refund.gateway_id == gateway_id))
    end_reads()
    if refund_id is not None and seen.failed:
        _record(refund_id, seen, now)


def _record(refund_id: int, seen: RefundSeen, now: datetime) -> None:
    if seen.failed:
        _ended(refund_id, FAILED, now, gateway_id=seen.id, problem=seen.problem or seen.status)
    else:
        _ended(refund_id, SUCCEEDED, now, gateway_id=seen.id)


def _count_on(refund_id: int) -> None:
    with unit() as current:
        current.execute(update(Refund).where(Refund.id == refund_id).values(requests=Refund.requests + 1))


def _ended(refund_id: int, state: str, now: datetime, **values: object) -> None:
    """The gateway has answered; what succeeded may still fail later, nothing else changes twice."""
    before = (PENDING, SUCCEEDED) if state == FAILED else (PENDING,)
    mine = update(Refund).where(Refund.id == refund_id, Refund.state.in_(before))
    with unit() as current:
        if not current.execute(mine.values(state=state, ended_at=now, **values)).rowcount:  # type: ignore[attr-defined]
            return
        refund = current.get_one(Refund, refund_id, populate_existing=True)
        if state == FAILED:
            refund_letters.failed(current, refund, now)
        else:
            issue_credit_note(current, refund, now=now)


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(Payment.dispute.is_(None), Payment.dispute.not_in(DISPUTED))
    paid = exists().where(Payment.id == Refund.payment_id, Payment.means.is_(None), free)
    return and_(Refund.state == PENDING, paid)


REFUND_DUTY = Duty("refund", Refund, _due, send)

"""Refunds: a row committed first, then asked for under its own key until the gateway has answered."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from kits.errors import WrongState
from kits.host import end_reads, outside_transaction, session, unit
from shop.papers.issuing import issue_credit_note
from shop.payments.gateway import FailedInside, Refused
from shop.payments.stripe_gateway import gateway
from shop.payments.tables import Payment, Refund
from shop.work.duties import Duty


def ask(current: Session, payment: Payment, amount: int, *, reason: str, now: datetime) -> Refund:
    """Write down a refund of `amount` minor units. The caller holds the order's lock. Flushes.

    Raises WrongState when pending and succeeded refunds would exceed the payment.
    """
    given = current.scalar(
        select(func.coalesce(func.sum(Refund.amount), 0)).where(
            Refund.payment_id == payment.id, Refund.state.in_(("pending", "succeeded"))
        )
    )
    if amount + (given or 0) > payment.amount:
        raise WrongState("This is more than is left to refund.")
    refund = Refund(payment=payment, amount=amount, key=f"refund-{uuid.uuid4().hex}", reason=reason, asked_at=now)
    current.add(refund)
    current.flush()
    return refund


def send(refund_id: int, now: datetime) -> None:
    """Ask the gateway for a pending refund and record its answer; asking twice refunds once. Commits."""
    outside_transaction()
    refund = session().get_one(Refund, refund_id)
    intent, amount, mark, tries = refund.payment.intent_id, refund.amount, refund.key, refund.requests
    end_reads()
    try:
        # It may be there already: a failure inside the gateway may have refunded all the same, and a key whose
        # answer was lost is forgotten after a day.
        seen = gateway().find_refund(intent, mark)
        seen = seen or gateway().refund(intent, amount, mark=mark, key=f"{mark}-{tries}")
    except FailedInside:
        _note(refund_id, now, requests=Refund.requests + 1)
        raise
    except Refused:
        _note(refund_id, now, state="failed")
        return
    _note(refund_id, now, gateway_id=seen.id, state="failed" if seen.failed else "succeeded")


def _note(row_id: int, now: datetime, **values: object) -> None:
    with unit() as current:
        current.execute(update(Refund).where(Refund.id == row_id, Refund.state == "pending").values(**values))
        if values.get("state") == "succeeded":
            issue_credit_note(current, current.get_one(Refund, row_id), now=now)


def _due(now: datetime) -> ColumnElement[bool]:
    return Refund.state == "pending"


REFUND_DUTY = Duty("refund", Refund, _due, send)

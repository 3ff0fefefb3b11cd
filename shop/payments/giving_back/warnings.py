"""Early warnings of fraud: a bank holds a payment for fraud before anybody disputes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from kits import audit
from kits.host import end_reads, outside_transaction, session, unit
from shop.orders.find import locked
from shop.payments.gateway.account import gateway
from shop.payments.giving_back import refund_letters
from shop.payments.tables import Payment
from shop.registers import Settled, run_steps

EVENTS = "radar.early_fraud_warning."


def learn(warning_id: str, *, now: datetime) -> None:
    """Ask the gateway about a warning it has named in an event, and keep it with its payment. Commits.

    Twice changes nothing, and a payment that is not ours is left alone.
    """
    outside_transaction()
    seen = gateway().warning(warning_id)
    order_id = session().scalar(select(Payment.order_id).where(Payment.intent_id == seen.intent_id))
    end_reads()
    if order_id is None:
        return
    with unit() as current:
        order = locked(current, order_id)
        mine = select(Payment).where(Payment.intent_id == seen.intent_id)
        payment = current.scalars(mine.execution_options(populate_existing=True)).one()
        if payment.warned_at is not None:
            return
        payment.warned_at, payment.fraud_kind = now, seen.kind
        current.flush()
        audit.record(current, at=now, actor="settle", action="payment.warned", subject=order.number)
        refund_letters.warned(current, payment, now)
        run_steps(current, Settled("warned", order, now, payment=payment))

"""What follows an erasure: the gateway deletes the customer, then nothing names them; a dead gateway only delays it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update

from kits.host import end_reads, outside_transaction, session, unit
from shop.customers.personal import mails
from shop.customers.personal.tables import Erasure
from shop.orders.tables import Order
from shop.payments.gateway.account import gateway
from shop.payments.tables import Payment
from shop.payments.webhooks import clear_bodies
from shop.work.duties import Duty
from shop.work.outbox import QUEUED, OutboxMail


def forget(erasure_id: int, now: datetime) -> None:
    """Have the gateway delete the customer with their cards, and clear what it has told us of them. Commits."""
    outside_transaction()
    erasure = session().get_one(Erasure, erasure_id)
    gateway_id, intents = erasure.gateway_id, _paid_with(erasure.customer_id)
    end_reads()
    if gateway_id is not None:
        gateway().forget_customer(gateway_id)
        clear_bodies([gateway_id, *intents])
    _note(erasure_id, forgotten_at=now)


def clear_last_mail(erasure_id: int, now: datetime) -> None:
    """The mail that confirms the erasure has left: its address and its words go, too. Commits."""
    with unit() as current:
        erasure = current.get_one(Erasure, erasure_id)
        mails.clear(current, OutboxMail.id == erasure.mail_id, erasure.customer_id, now)
        erasure.done_at = now


def _paid_with(customer_id: int) -> Sequence[str]:
    """The gateway's ids of what the customer paid: a dispute names nothing else of theirs."""
    theirs = select(Payment.intent_id).join(Payment.order).where(Order.customer_id == customer_id)
    return session().scalars(theirs.where(Payment.intent_id.is_not(None))).all()  # type: ignore[return-value]


def _note(erasure_id: int, **values: object) -> None:
    with unit() as current:
        current.execute(update(Erasure).where(Erasure.id == erasure_id).values(**values))


def _to_forget(now: datetime) -> ColumnElement[bool]:
    return and_(Erasure.gateway_id.is_not(None), Erasure.forgotten_at.is_(None))


def _mail_left(now: datetime) -> ColumnElement[bool]:
    left = exists().where(OutboxMail.id == Erasure.mail_id, OutboxMail.state != QUEUED)
    return and_(Erasure.done_at.is_(None), left)


ERASURE_DUTIES = (
    Duty("customer at the gateway", Erasure, _to_forget, forget),
    Duty("last mail", Erasure, _mail_left, clear_last_mail),
)

"""Money that arrived, written down: the payment, the card that paid, the end of the attempt that it came by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from kits.in_one import InOne
from kits.ready import Ready
from kits.rows import known
from shop.orders.tables import Order
from shop.payments.cards import keeping
from shop.payments.gateway.contract import Intent
from shop.payments.tables import OPEN, SUCCEEDED, Payment, PaymentAttempt

_PAYMENT: Any = Payment.__table__
_ATTEMPT: Any = PaymentAttempt.__table__
_COLUMNS = ("order_id", "intent_id", "amount", "currency", "card", "card_brand", "card_last4", "paid_at")
_KNOWN = Ready(select(_PAYMENT.c.id).where(_PAYMENT.c.intent_id == bindparam("intent")))
_PAID = (
    insert(_PAYMENT)
    .values({name: bindparam(name, type_=_PAYMENT.c[name].type) for name in _COLUMNS})
    .returning(_PAYMENT.c.id)
)
_ENDED = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.order_id == bindparam("order"), or_(*(_ATTEMPT.c.state == each for each in OPEN)))
    .where(
        or_(
            _ATTEMPT.c.intent_id == bindparam("intent"),
            _ATTEMPT.c.number == bindparam("number"),
            _ATTEMPT.c.session_id == bindparam("page"),
        )
    )
    .values(state=SUCCEEDED, intent_id=bindparam("intent"), ended_at=bindparam("now", type_=_ATTEMPT.c.ended_at.type))
)
_ALONE, _WITH_CARD = InOne(_ENDED, _PAID), InOne(keeping.KEEP, _ENDED, _PAID)


def is_known(session: Session, intent_id: str) -> bool:
    """True when what this intent took was written down before."""
    return _KNOWN.run(session, {"intent": intent_id}).first() is not None


def write(session: Session, order: Order, intent: Intent, page_id: str | None, now: datetime) -> Payment:
    """Write down what an intent has paid of a locked order. One statement.

    A card that was saved for later, or had been, is kept. The attempt is the one
    that is known by the intent, by its page, or by the number that the intent carries.
    """
    card = intent.card
    row = {
        "order_id": order.id,
        "intent_id": intent.id,
        "amount": intent.received,
        "currency": intent.amount.currency,
        "card": card.id if card else None,
        "card_brand": card.brand if card else None,
        "card_last4": card.last4 if card else None,
        "paid_at": now,
    }
    of = {"order": order.id, "intent": intent.id, "page": page_id, "now": now}
    given = {**row, **of, "number": intent.number("attempt")}
    if card is not None and card.customer is not None:
        written = _WITH_CARD.run(session, {**given, **keeping.seen(card, order.customer_id, now)})
    else:
        written = _ALONE.run(session, given)
    return known(session, Payment, int(written.scalar_one()), row)

"""A refill that was ordered and charged from another copy of this database: it is ordered here, too, to be settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits import host
from shop.orders.tables import Order
from shop.payments import attempts
from shop.payments.gateway.contract import Intent
from shop.payments.tables import SAVED_CARD
from subscriptions.billing import billing
from subscriptions.tables import OPEN, Refill, Subscription


def write_order(intent: Intent, now: datetime) -> bool:
    """See `LostOrder` of `shop.registers`: the order of a refill, under the number that was charged. Commits.

    False unless the plan is here and that refill of it waits for an order. Raises SoldOut.
    """
    with host.unit() as session:
        refill = _locked(session, intent)
        if refill is None:
            return False
        unit_amount = intent.amount.amount // refill.subscription.quantity
        number = intent.metadata["order"]
        ships_to = billing.moved_to(session, refill.subscription)
        order = billing.place(session, refill, unit_amount, now=now, order_number=number, ships_to=ships_to)
        begun = intent.created_at or now
        attempts.first(session, order, SAVED_CARD, now=begun, intent_id=intent.id, card=_card(intent))
        return True


def _locked(session: Session, intent: Intent) -> Refill | None:
    """The refill that it paid for, under its row lock: of several plans of one order one that costs as much."""
    about = intent.metadata
    of = select(Refill).join(Subscription).join(Order, Order.id == Subscription.order_id)
    mine = of.where(Order.number == about.get("root_order", ""), Refill.number == intent.number("refill"))
    free = mine.where(Refill.order_id.is_(None), Refill.state.in_(OPEN)).order_by(Refill.id)
    found = [each for each in session.scalars(free) if _may_cost(each, intent)]
    for refill in sorted(found, key=lambda each: each.price != intent.amount):
        same = update(Refill).where(Refill.id == refill.id, Refill.order_id.is_(None), Refill.state.in_(OPEN))
        if session.execute(same.values(number=Refill.number)).rowcount:  # type: ignore[attr-defined]
            return refill
    return None


def _may_cost(refill: Refill, intent: Intent) -> bool:
    plan = refill.subscription
    return plan.currency == intent.amount.currency and intent.amount.amount % plan.quantity == 0


def _card(intent: Intent) -> str | None:
    return intent.card.id if intent.card else None

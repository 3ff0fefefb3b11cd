"""A plan without a card that has something to pay: nothing of it is charged, and its customer is asked for one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscriptions.cards import letters
from subscriptions.stops.stopping import stop
from subscriptions.stops.tables import CARD
from subscriptions.tables import ACTIVE, OPEN, Refill, Subscription

REMOVED = "removed"


def ask(session: Session, plan: Subscription, now: datetime) -> None:
    """Stop a locked plan that has no card and something to pay, and ask for one; once. Flushes."""
    if plan.card is not None or plan.state != ACTIVE or not still_pays(session, plan):
        return
    if stop(session, plan.id, CARD, now=now, detail=REMOVED):
        session.refresh(plan, ["refills"])
        letters.card_needed(session, plan, now)


def still_pays(session: Session, plan: Subscription) -> bool:
    """Something of the plan is still to be charged."""
    to_come = select(Refill.id).where(Refill.subscription_id == plan.id, Refill.state.in_(OPEN))
    return session.scalar(to_come.limit(1)) is not None

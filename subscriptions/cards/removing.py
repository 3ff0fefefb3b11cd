"""Removing a card of a plan: nothing is charged to it any more, and the gateway forgets it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kits import audit, host
from subscriptions.cards import using
from subscriptions.tables import Subscription


def remove(subscription_id: int, role: str, *, actor: str, now: datetime) -> bool:
    """Take the card with this role out of the plan; False when there is none. Commits.

    The backup card takes the place of the other; without one nothing is
    charged until there is a new card, and its customer is asked for one. A
    charge that is being made is brought to its end. The gateway detaches the
    card a moment later.
    """
    with host.unit() as session:
        plan = using.lock_with_cards(session, subscription_id)
        card = plan.card if role == using.MAIN else plan.backup_card
        if card is None:
            return False
        _take_out(session, plan, card, now)
        subject = f"subscription {plan.id}"
        audit.record(session, at=now, actor=actor, action="card.removed", subject=subject, role=role)
        return True


def _take_out(session: Session, plan: Subscription, card: str, now: datetime) -> None:
    using.lose(session, plan, card, now)
    session.flush()
    using.let_go(session, card, now)

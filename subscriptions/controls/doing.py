"""The frame of each change that a customer makes: the locks, what refuses it, the new days, and the mail about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kits import audit, host
from kits.errors import WrongState
from subscriptions.controls import telling
from subscriptions.locks import lock_plan, lock_refills
from subscriptions.replanning import Replanned, replan
from subscriptions.tables import ACTIVE, CHARGING, Refill, Subscription

OVER = "These refills have ended, so there is nothing to change."
BEING_PAID = "A payment for this plan is being made just now. Please try again in a few minutes."

Write = Callable[[Session, Subscription, Sequence[Refill]], str]
"""Writes a change under the locks and says in a sentence what was done; "" when nothing is to do."""


def change(
    subscription_id: int, what: str, write: Write, *, actor: str, now: datetime, always_told: bool = True
) -> Replanned | None:
    """Make a change to a running plan, reckon its days anew and mail what became of it. Commits.

    Unless `always_told`, it is mailed only when a refill is no longer needed, or
    another is. None when it was so already. Raises WrongState when the refills
    have ended or one is being charged, and what `write` raises.
    """
    host.outside_transaction()
    with host.unit() as session:
        plan, refills = taken(session, subscription_id)
        if any(refill.state == CHARGING for refill in refills):
            raise WrongState(BEING_PAID)
        said = write(session, plan, refills)
        if not said:
            return None
        session.flush()
        done = replan(session, subscription_id, now)
        audit.record(session, at=now, actor=actor, action=f"subscription.{what}", subject=f"subscription {plan.id}")
        if always_told or done.dropped or done.added:
            telling.changed(session, plan, done, said, now)
        return done


def taken(session: Session, subscription_id: int) -> tuple[Subscription, Sequence[Refill]]:
    """The running plan and its refills under their locks, read afresh."""
    if not lock_plan(session, subscription_id, Subscription.state == ACTIVE):
        raise WrongState(OVER)
    refills = lock_refills(session, subscription_id)
    return session.get_one(Subscription, subscription_id, populate_existing=True), refills

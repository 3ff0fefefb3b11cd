"""What staff decide about a plan that a dispute or a warning stopped: it goes on, or ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from kits import audit, host
from kits.errors import NotFound
from subscriptions import commands
from subscriptions.locks import lock_plan
from subscriptions.stops.tables import BY_STAFF, ENDS, BillingStop


def decide(stop_id: int, outcome: str, *, actor: str, now: datetime) -> None:
    """End a stop: the plan's charges go on, or the plan ends. Twice changes nothing. Commits.

    What is out already finishes either way. Raises NotFound for what is no stop of staff's.
    """
    plan_id = _plan_of(stop_id)
    if outcome == ENDS:
        commands.end(plan_id, actor=actor, now=now)
    with host.unit() as session:
        lock_plan(session, plan_id)
        mine = update(BillingStop).where(BillingStop.ended_at.is_(None), BillingStop.cause.in_(BY_STAFF))
        these = BillingStop.subscription_id == plan_id if outcome == ENDS else BillingStop.id == stop_id
        done = mine.where(these).values(ended_at=now, outcome=outcome, actor=actor)
        if session.execute(done.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
            subject = f"subscription {plan_id}"
            audit.record(session, at=now, actor=actor, action="billing.decided", subject=subject, outcome=outcome)


def _plan_of(stop_id: int) -> int:
    try:
        found = host.session().get(BillingStop, stop_id)
        if found is None or found.cause not in BY_STAFF:
            raise NotFound("There is nothing to decide here.")
        return found.subscription_id
    finally:
        host.end_reads()

"""Cancelling a refill for its customer: the same as when they leave it out. The plan goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kits import host
from kits.errors import WrongState
from shop.environment import standing
from subscriptions.billing.reopening import let_go
from subscriptions.controls.doing import change
from subscriptions.controls.refills import leave_out
from subscriptions.repairs.asked import Asked, refill_with
from subscriptions.repairs.tables import CANCELLED
from subscriptions.tables import Refill, Subscription


def cancel(refill_id: int, asked: Asked, *, now: datetime) -> None:
    """Close its order at the gateway, free its stock, and tell its customer. Commits; once a form.

    What was paid meanwhile stays paid. Raises BadInput at `reason`, WrongState
    when it is not to come any more, while it is being charged and when the plan
    has ended; Busy or GatewayError when its order cannot be closed now.
    """
    asked.check()
    standing.refuse(asked.actor)
    refill = refill_with(host.session(), refill_id)
    plan_id, number = refill.subscription_id, refill.number
    host.end_reads()
    let_go(plan_id, number, now)

    def write(session: Session, plan: Subscription, refills: Sequence[Refill]) -> str:
        if asked.was_done(session, refill_with(session, refill_id), CANCELLED):
            return ""
        if not leave_out(refills, number, now):
            raise WrongState("This refill is left out already.")
        asked.write(session, refill_with(session, refill_id), CANCELLED, now)
        return said_of_cancel(number)

    change(plan_id, "refill_cancelled", write, actor=asked.actor, now=now)


def said_of_cancel(number: int) -> str:
    """The sentence for the mail."""
    return f"We have cancelled refill {number} of your plan: it is neither charged nor sent."

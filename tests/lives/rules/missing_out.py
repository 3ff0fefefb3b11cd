"""What should have been charged by now and was not, although nothing stands against it: a silent miss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from subscriptions.tables import ACTIVE, NOTIFIED, Refill, Subscription
from tests.lives.rules.counting import stopped


def missed(session: Session, now: datetime) -> Iterator[str]:
    """A sentence for each refill that was announced, whose day has passed, and that waits for nothing and nobody."""
    day = today(now)
    late = Refill.state == NOTIFIED, Refill.charge_on < day, Subscription.state == ACTIVE
    for refill in session.scalars(select(Refill).join(Refill.subscription).where(*late)):
        plan = refill.subscription
        rests = plan.rests or plan.paused_until(day) is not None
        asked = refill.must_confirm and refill.confirmed_at is None
        if not (rests or asked or plan.card is None or stopped(plan.id)):
            yield f"refill {refill.id} was to be charged on {refill.charge_on}, and nothing happened"

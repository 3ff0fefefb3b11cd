"""What billing reads of a refill: under its row lock, all that ordering it takes, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from kits.ready import Ready
from shop.work.outbox import OutboxMail
from subscriptions.holding import resting
from subscriptions.locks import HAPPENED, WHOLE_PLAN, nothing_more
from subscriptions.stops.stopping import stopped
from subscriptions.tables import CHARGING, DECLINED, NOTIFIED, WAITING, DeliveryAddress, Refill

BILLABLE = (NOTIFIED, WAITING, CHARGING, DECLINED)
_REFILL: Any = Refill.__table__
_MINE = _REFILL.c.id == bindparam("refill"), or_(*(_REFILL.c.state == each for each in BILLABLE))
_LOCK = Ready(update(_REFILL).where(*_MINE).values(number=_REFILL.c.number))
_RESTS = or_(resting(Refill.subscription_id, bindparam("today", type_=Date())), stopped(Refill.subscription_id))
_MOVED = exists().where(DeliveryAddress.subscription_id == Refill.subscription_id)
_WHOLE = (
    select(Refill, *HAPPENED, _RESTS, _MOVED)
    .where(Refill.id == bindparam("refill"))
    .options(*WHOLE_PLAN, joinedload(Refill.notice).load_only(OutboxMail.queued_at, OutboxMail.sent_at))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class ToBill:
    """A refill with its plan. `rests`: nothing of the plan is charged; `moved`: its refills go to another address."""

    refill: Refill
    rests: bool
    moved: bool


def locked(session: Session, refill_id: int, today: date) -> ToBill | None:
    """The refill under its row lock, read afresh; None when it is not to be charged."""
    # Two statements: what others committed while we waited for the lock is seen only by one that begins after it.
    if not _LOCK.run(session, {"refill": refill_id}).rowcount:
        return None
    refill, was_held, was_logged, rests, moved = session.execute(_WHOLE, {"refill": refill_id, "today": today}).one()
    nothing_more(refill.subscription, was_held, was_logged)
    return ToBill(refill, rests, moved)

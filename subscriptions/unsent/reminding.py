"""A box that waits for its customer's choice: they are asked again a week later, and once more after that."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from kits import host
from shop.work.duties import Duty
from subscriptions.locks import lock_plan, lock_refills
from subscriptions.tables import Refill
from subscriptions.unsent import asking

AFTER = timedelta(days=7)
MOST = 3
"""Mails in all. After them staff see it among what waits for customers."""


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(Refill.asked_at <= now - AFTER, Refill.asks < MOST, asking.waiting())


def remind(refill_id: int, now: datetime) -> None:
    """Ask once more, unless they have chosen meanwhile. Commits."""
    with host.unit() as session:
        plan_id = session.get_one(Refill, refill_id).subscription_id
        lock_plan(session, plan_id)
        lock_refills(session, plan_id)
        if session.scalar(select(Refill.id).where(Refill.id == refill_id, _due(now))) is not None:
            asking.ask(session, session.get_one(Refill, refill_id), now)


REMINDING_DUTY = Duty("box that waits", Refill, _due, remind)

"""Holding a plan and letting it go on: while it rests nothing is announced or charged, then its days come later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.clock import today
from subscriptions import commitments
from subscriptions.controls import telling
from subscriptions.locks import changed, lock_plan, lock_refills
from subscriptions.replanning import replan
from subscriptions.tables import ACTIVE, Hold, Subscription

RECALL = "recall"


def held(subscription_id: Any) -> ColumnElement[bool]:
    """The plan of this id, a column or a number, is held, and it is not known until when."""
    return exists().where(Hold.subscription_id == subscription_id, Hold.until_day.is_(None))


def resting(subscription_id: Any, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The plan of this id is held or paused on a day."""
    goes_on = or_(Hold.until_day.is_(None), Hold.until_day > day)
    return exists().where(Hold.subscription_id == subscription_id, Hold.from_day <= day, goes_on)


def hold(session: Session, subscription_id: int, recall_id: int, *, actor: str, now: datetime) -> bool:
    """Hold a running plan from today on, once a recall; False when it was, or runs no more. Flushes."""
    known = select(Hold.id).where(Hold.subscription_id == subscription_id, Hold.recall_id == recall_id)
    if not lock_plan(session, subscription_id, Subscription.state == ACTIVE) or session.scalar(known) is not None:
        return False
    about = {"subscription_id": subscription_id, "recall_id": recall_id}
    session.add(Hold(**about, from_day=today(now), cause=RECALL, made_at=now))
    lock_refills(session, subscription_id)
    commitments.rest(session, subscription_id)
    audit.record(session, at=now, actor=actor, action="subscription.held", subject=f"subscription {subscription_id}")
    return True


def end_holds(session: Session, recall_id: int, subscription_ids: list[int], *, actor: str, now: datetime) -> list[int]:
    """Let the plans that this recall holds go on from today; the ids of those it held. Flushes.

    What is not claimed yet comes later by the days they rested: sessions,
    needs, notices, charges, and the end of the plan. A notice that was given stands
    when the next would be due by now: its charge only comes later.
    """
    ended = []
    for subscription_id in sorted(subscription_ids):
        lock_plan(session, subscription_id)
        mine = update(Hold).where(
            Hold.subscription_id == subscription_id, Hold.recall_id == recall_id, Hold.until_day.is_(None)
        )
        if changed(session, mine.values(until_day=today(now), ended_at=now)):
            done = replan(session, subscription_id, now)
            telling.dropped(session, session.get_one(Subscription, subscription_id), done.dropped, now)
            ended.append(subscription_id)
            audit.record(
                session, at=now, actor=actor, action="subscription.goes_on", subject=f"subscription {subscription_id}"
            )
    session.flush()
    return ended

"""Ends that are not confirmed yet: the mail is written with the end itself, and must have left within a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.work.outbox import DEAD, QUEUED, REFUSED, OutboxMail
from subscriptions.law.regimes import REGIMES

WARNED_BEFORE = timedelta(hours=4)


def late(session: Session, now: datetime) -> int:
    """How many mails that confirm an end have not been accepted, with four hours left at most; one statement."""
    since = now - min(each.end_confirmed for each in REGIMES.values()) + WARNED_BEFORE
    mine = select(func.count()).where(OutboxMail.key.startswith("ended-"), OutboxMail.put_away_at.is_(None))
    waiting = OutboxMail.state.in_((QUEUED, REFUSED, DEAD))
    return session.scalar(mine.where(waiting, OutboxMail.queued_at <= since)) or 0

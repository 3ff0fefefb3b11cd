"""What the page of events lists. Reads only; it is short however many have come."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from shop.payments.tables import WebhookEvent

A_PAGE = 50
WAITING = "waiting"


def events(
    session: Session, *, waiting: bool = False, name: str = "", before: int | None = None
) -> Sequence[WebhookEvent]:
    """A page of events, the newest first, and one more when there is a next page.

    `waiting` picks those that are not worked yet, `name` those with this id of Stripe's or about what has it;
    `before` is the row id of a page's last event.
    """
    query = select(WebhookEvent).options(defer(WebhookEvent.body)).order_by(WebhookEvent.id.desc()).limit(A_PAGE + 1)
    if waiting:
        query = query.where(WebhookEvent.processed_at.is_(None))
    if name:
        query = query.where((WebhookEvent.event_id == name) | (WebhookEvent.object_id == name))
    if before is not None:
        query = query.where(WebhookEvent.id < before)
    return session.scalars(query).all()


def count_waiting(session: Session) -> int:
    """How many are not worked yet."""
    waiting = select(func.count()).select_from(WebhookEvent).where(WebhookEvent.processed_at.is_(None))
    return session.scalar(waiting) or 0

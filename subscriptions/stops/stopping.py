"""Stopping a plan's charges and letting them go on, within an open unit that holds the plan's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from kits import audit
from subscriptions.stops.tables import BY_STAFF, CARD, BillingStop


def stopped(subscription_id: Any, causes: Sequence[str] = ()) -> ColumnElement[bool]:
    """Nothing of the plan with this id, a column or a number, is charged just now; with `causes`: because of them."""
    open_one = exists().where(BillingStop.subscription_id == subscription_id, BillingStop.ended_at.is_(None))
    return open_one.where(BillingStop.cause.in_(causes)) if causes else open_one


def held_back(subscription_id: Any) -> ColumnElement[bool]:
    """Staff have to decide whether the plan with this id goes on: nothing is announced, either."""
    return stopped(subscription_id, BY_STAFF)


def stop(
    session: Session,
    subscription_id: int,
    cause: str,
    *,
    now: datetime,
    detail: str | None = None,
    payment_id: int | None = None,
) -> bool:
    """Stop it for this cause; False when it was stopped for it, or had been because of this payment. Flushes."""
    known = select(BillingStop.id).where(BillingStop.subscription_id == subscription_id, BillingStop.cause == cause)
    known = known.where(BillingStop.ended_at.is_(None) if payment_id is None else BillingStop.payment_id == payment_id)
    if session.scalar(known) is not None:
        return False
    session.add(
        BillingStop(subscription_id=subscription_id, cause=cause, detail=detail, payment_id=payment_id, since=now)
    )
    session.flush()
    subject = f"subscription {subscription_id}"
    audit.record(session, at=now, actor="settle", action="billing.stopped", subject=subject, cause=cause)
    return True


def card_is_there(session: Session, subscription_id: int, now: datetime) -> None:
    """There is a card again: what waited for one goes on. Flushes."""
    waiting = update(BillingStop).where(
        BillingStop.subscription_id == subscription_id, BillingStop.cause == CARD, BillingStop.ended_at.is_(None)
    )
    session.execute(waiting.values(ended_at=now).execution_options(synchronize_session="fetch"))


def open_stops(session: Session, subscription_ids: Iterable[int]) -> dict[int, list[BillingStop]]:
    """The open stops of these plans by the plan's id; one statement."""
    ids = list(subscription_ids)
    found: dict[int, list[BillingStop]] = {}
    if not ids:
        return found
    rows = select(BillingStop).where(BillingStop.subscription_id.in_(ids), BillingStop.ended_at.is_(None))
    for row in session.scalars(rows.order_by(BillingStop.id)):
        found.setdefault(row.subscription_id, []).append(row)
    return found

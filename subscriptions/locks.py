"""The row locks of plans. Who takes several takes the plan before its refills, and refills in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from subscriptions.tables import Refill, Subscription


def lock_plan(session: Session, subscription_id: int, *conditions: ColumnElement[bool]) -> bool:
    """Take the plan's row lock until the unit ends; False when it is not as the conditions ask.

    Who needs the plan's refills, too, takes them after it (`lock_refills`).
    """
    same = update(Subscription).where(Subscription.id == subscription_id, *conditions)
    return changed(session, same.values(quantity=Subscription.quantity))


def locked_plan(session: Session, subscription_id: int) -> Subscription:
    """The plan under its row lock, read afresh."""
    same = update(Subscription).where(Subscription.id == subscription_id).values(quantity=Subscription.quantity)
    afresh = {"synchronize_session": False, "populate_existing": True}
    return session.scalars(same.returning(Subscription), execution_options=afresh).one()


def lock_refills(session: Session, subscription_id: int) -> Sequence[Refill]:
    """The plan's refills under their row locks, read afresh, in their order."""
    mine = select(Refill).where(Refill.subscription_id == subscription_id).order_by(Refill.id)
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()


def changed(session: Session, statement: Any) -> bool:
    """Run a conditional write; True when it found a row."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]

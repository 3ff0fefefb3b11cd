"""The row locks of plans. Who takes several takes the plan before its refills, and refills in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, select, update
from sqlalchemy.orm import Session, joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from kits.ready import Ready
from subscriptions.tables import Hold, Refill, SessionLog, Subscription

_PLAN: Any = Subscription.__table__
_LOCK = Ready(update(_PLAN).where(_PLAN.c.id == bindparam("plan")).values(quantity=_PLAN.c.quantity))
_ITS_OWN = joinedload(Refill.subscription, innerjoin=True)
WHOLE_PLAN = (
    _ITS_OWN.joinedload(Subscription.order, innerjoin=True),
    _ITS_OWN.joinedload(Subscription.line, innerjoin=True),
    _ITS_OWN.joinedload(Subscription.customer, innerjoin=True),
    _ITS_OWN.options(lazyload(Subscription.holds), lazyload(Subscription.log)),
)
"""With a refill: its plan, the first order and its line, and who it is."""
HAPPENED = (
    exists().where(Hold.subscription_id == Refill.subscription_id),
    exists().where(SessionLog.subscription_id == Refill.subscription_id),
)
"""Whether the plan was ever held, and whether a session of it was logged: `nothing_more` takes them."""
_REFILLS = (
    select(Refill, *HAPPENED)
    .where(Refill.subscription_id == bindparam("plan"))
    .options(*WHOLE_PLAN)
    .order_by(Refill.id)
    .with_for_update(of=Refill)
    .execution_options(populate_existing=True)
)


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


def lock_whole(session: Session, subscription_id: int) -> Subscription:
    """The plan and its refills under their locks, read afresh with its first order and its customer."""
    session.flush()
    _LOCK.run(session, {"plan": subscription_id})
    found = session.execute(_REFILLS, {"plan": subscription_id}).all()
    plan = found[0][0].subscription
    nothing_more(plan, *found[0][1:])
    set_committed_value(plan, "refills", [refill for refill, *_ in found])
    return plan


def nothing_more(plan: Subscription, was_held: bool, was_logged: bool) -> None:
    """What never happened to the plan needs not be asked for."""
    if not was_held:
        set_committed_value(plan, "holds", [])
    if not was_logged:
        set_committed_value(plan, "log", [])


def lock_refills(session: Session, subscription_id: int) -> Sequence[Refill]:
    """The plan's refills under their row locks, read afresh, in their order."""
    mine = select(Refill).where(Refill.subscription_id == subscription_id).order_by(Refill.id)
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()


def changed(session: Session, statement: Any) -> bool:
    """Run a conditional write; True when it found a row."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]

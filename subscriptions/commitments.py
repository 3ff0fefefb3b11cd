"""Stock kept back for the refills of the coming weeks: written, moved and withdrawn by one duty.

The duty compares what is kept back with what the refills now want, so that
whatever changed a refill (a late box, an ended plan, a hold, an item that was
retired) needs not think of it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, exists, func, not_, select, union_all, update
from sqlalchemy.orm import Session, aliased

from kits import host
from kits.catalogue.tables import Item
from kits.clock import today
from kits.settings import setting
from kits.stock.promises import commitments
from kits.stock.promises.reservations import Demand
from shop.orders.demands import refill_demands
from shop.work.duties import Duty
from subscriptions import successors
from subscriptions.successors import Parts
from subscriptions.tables import ACTIVE, NOTIFIED, SCHEDULED, WAITING, Hold, Refill, Subscription

FIRST = 1000
"""So many are found at a time."""


def source(refill_id: int) -> str:
    """Under which name stock is kept back for a refill."""
    return f"refill {refill_id}"


def demands_of(refill: Refill, until: date, now: datetime, parts: Parts | None = None) -> list[Demand]:
    """What the refill takes, to last until a day: the items its notice announced, or those of today without one.

    `parts` are its kit's where they were read already.
    """
    plan = refill.subscription
    of_kit = plan.kit.components if parts is None else parts
    return refill_demands(of_kit, plan.quantity, until, successors.sent(refill, now, of_kit))


def consume(session: Session, refill: Refill) -> None:
    """Keep nothing back for the refill: it is being ordered, and its own reservation takes the place. Flushes."""
    commitments.withdraw(session, source(refill.id))
    refill.committed_on = refill.committed_at = None


def rest(session: Session, subscription_id: int) -> None:
    """The plan is held: nothing is kept back for it until it goes on. Flushes."""
    mine = and_(Refill.subscription_id == subscription_id, Refill.committed_on.is_not(None))
    for refill in session.scalars(select(Refill).where(mine)):
        consume(session, refill)
    session.flush()


def _unordered() -> ColumnElement[bool]:
    return and_(Refill.state.in_((SCHEDULED, NOTIFIED, WAITING)), Refill.order_id.is_(None))


def _wanted(now: datetime) -> ColumnElement[bool]:
    """Unordered refills of running plans whose charge falls within the horizon."""
    running = exists().where(Subscription.id == Refill.subscription_id, Subscription.state == ACTIVE)
    held = exists().where(Hold.subscription_id == Refill.subscription_id, Hold.until_day.is_(None))
    horizon = today(now) + timedelta(days=setting("COMMITMENT_DAYS"))
    return and_(_unordered(), Refill.charge_on <= horizon, running, ~held)


def _write_due(now: datetime) -> ColumnElement[bool]:
    """Wanted, and nothing is kept back yet."""
    return and_(_wanted(now), Refill.committed_on.is_(None))


def _anew_due(now: datetime) -> ColumnElement[bool]:
    """Kept back for a day that has moved, before an item was retired or brought back, or for what was closed since.

    Each of the three has an index of its own that holds hardly a row, and is read in its order: what the engine
    guesses of how many there are would have it read the whole table.
    """
    retired = select(func.max(Item.moved_at)).scalar_subquery()
    each = aliased(Refill)
    unordered = and_(each.state.in_((SCHEDULED, NOTIFIED, WAITING)), each.order_id.is_(None))
    parts = (
        select(each.id).where(each.committed_on != each.charge_on).order_by(each.committed_on),
        select(each.id).where(each.committed_at < retired).order_by(each.committed_at),
        select(each.id).where(each.committed_on.is_not(None), not_(unordered)).order_by(each.committed_on),
    )
    firsts = [select(part.limit(FIRST).subquery().c.id) for part in parts]
    return Refill.id.in_(union_all(*firsts))


def keep_back(refill_id: int, now: datetime) -> None:
    """Bring what is kept back for one refill in line with what it wants. Commits."""
    with host.unit() as session:
        mine = update(Refill).where(Refill.id == refill_id)
        wanted = _changed(session, mine.where(_wanted(now)).values(committed_on=Refill.charge_on, committed_at=now))
        # Asked anew now that the row is locked: a hold may have been made while we waited for it.
        if wanted and session.scalar(select(Refill.id).where(Refill.id == refill_id, _wanted(now))):
            refill = session.get_one(Refill, refill_id, populate_existing=True)
            demands = demands_of(refill, refill.serves_until, now)
            commitments.commit_to(session, source(refill_id), demands, wanted_on=refill.charge_on, now=now)
        elif _changed(session, mine.where(not_(_wanted(now))).values(committed_on=None, committed_at=None)):
            commitments.withdraw(session, source(refill_id))


def _changed(session: Session, statement: Update) -> bool:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


COMMITMENT_DUTIES = (
    Duty("commitment", Refill, _write_due, keep_back),
    Duty("commitment anew", Refill, _anew_due, keep_back),
)

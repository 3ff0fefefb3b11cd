"""Telling the customers of a recall: their plans are held, then they are written to, one order a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kits import host
from kits.clock import today
from shop.work.duties import Duty
from subscriptions import holding
from subscriptions.recall import letters
from subscriptions.recall.boxes import BoxPlan, plans_of
from subscriptions.recall.tables import TO_TELL, TOLD, RecalledBox
from subscriptions.tables import Subscription

ACTOR = "duty:recall"


def _due(now: datetime) -> ColumnElement[bool]:
    return RecalledBox.state == TO_TELL


def tell(box_id: int, now: datetime) -> None:
    """Hold the plans that have sessions planned with the box, and write to its customer, once. Commits."""
    with host.unit() as session:
        mine = update(RecalledBox).where(RecalledBox.id == box_id, RecalledBox.state == TO_TELL)
        if not session.execute(mine.values(state=TOLD)).rowcount:  # type: ignore[attr-defined]
            return
        box = session.get_one(RecalledBox, box_id, populate_existing=True)
        plans = box_plans(session, box, today(now))
        held = _held(session, box, plans, now)
        mail = letters.recalled(session, box, plans, held, now)
        box.mail_id = mail.id if mail else None


def box_plans(session: Session, box: RecalledBox, day: date) -> list[BoxPlan]:
    """The plans that the box was sent for."""
    return plans_of(session, box.recall.lot.item_id, [box.order_id], day).get(box.order_id, [])


def _held(session: Session, box: RecalledBox, plans: Sequence[BoxPlan], now: datetime) -> list[Subscription]:
    """The plans that rest from now on because of this recall, or did already."""
    running = sorted({plan.subscription_id for plan in plans if plan.subscription_id and plan.runs(today(now))})
    for subscription_id in running:
        holding.hold(session, subscription_id, box.recall_id, actor=ACTOR, now=now)
    session.flush()
    plain = select(Subscription).where(Subscription.id.in_(running), holding.held(Subscription.id))
    return list(session.scalars(plain.execution_options(populate_existing=True)))


TELL_DUTY = Duty("recall", RecalledBox, _due, tell)

"""Whom a recall concerns and how far it has come: for its page and its file. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, raiseload

from kits import host
from kits.stock.recall.tables import Recall
from shop.orders.tables import Order
from shop.work.outbox import DEAD, REFUSED, SENT, OutboxMail
from subscriptions.recall.boxes import BoxPlan, plans_of
from subscriptions.recall.tables import TOLD, RecalledBox
from subscriptions.tables import Hold

A_CHUNK = 500


@dataclass(frozen=True)
class Recipient:
    """An order that received the lot, with its customer, the plans its box is for, and the holds of this recall."""

    box: RecalledBox
    plans: Sequence[BoxPlan]
    holds: Sequence[Hold]

    def runs_until(self, today: date) -> date | None:
        """The last session planned with the box; None when the plan is over or its refills were ended."""
        return max((plan.until for plan in self.plans if plan.runs(today)), default=None)

    def can_be_replaced(self, today: date) -> bool:
        """True when a replacement can be sent that was not asked for yet."""
        served = any(plan.serves(today) for plan in self.plans)
        return served and self.box.state == TOLD and self.box.replacement_id is None and self.box.waited_at is None

    @property
    def rests(self) -> bool:
        """True while this recall holds a plan of the order."""
        return any(hold.until_day is None for hold in self.holds)


@dataclass(frozen=True)
class Progress:
    """Orders that received the lot: all, told, mails accepted, refused or given up, replaced, waiting, held."""

    total: int
    told: int
    accepted: int
    refused: int
    replaced: int
    waiting: int
    held: int


def recipients(
    session: Session, recall: Recall, today: date, *, after: int = 0, most: int = A_CHUNK
) -> list[Recipient]:
    """Up to `most` recipients in the order of their boxes, those after box `after`; four statements."""
    boxes = session.scalars(_boxes(recall.id).where(RecalledBox.id > after).limit(most)).all()
    plans = plans_of(session, recall.lot.item_id, [box.order_id for box in boxes], today)
    holds = _holds(session, recall.id, plans)
    return [
        Recipient(box, mine, [holds[plan.subscription_id] for plan in mine if plan.subscription_id in holds])
        for box, mine in ((box, plans.get(box.order_id, [])) for box in boxes)
    ]


def all_recipients(recall_id: int, today: date) -> Iterator[Recipient]:
    """Every recipient, read piece by piece; leaves no transaction open."""
    after = 0
    while True:
        session = host.session()
        chunk = recipients(session, session.get_one(Recall, recall_id), today, after=after)
        yield from chunk
        if len(chunk) < A_CHUNK:
            host.end_reads()
            return
        after = chunk[-1].box.id
        host.end_reads()


def progress(session: Session, recall_id: int) -> Progress:
    """How far the recall has come."""
    counts = (
        func.count(),
        _count(RecalledBox.state == TOLD),
        _count(OutboxMail.state == SENT),
        _count(OutboxMail.state.in_((REFUSED, DEAD))),
        func.count(RecalledBox.replacement_id),
        func.count(RecalledBox.waited_at),
    )
    of = select(*counts).select_from(RecalledBox).outerjoin(OutboxMail, OutboxMail.id == RecalledBox.mail_id)
    row = session.execute(of.where(RecalledBox.recall_id == recall_id)).one()
    held = select(func.count()).select_from(Hold).where(Hold.recall_id == recall_id, Hold.until_day.is_(None))
    return Progress(*(int(count or 0) for count in (*row, session.scalar(held))))


def _boxes(recall_id: int) -> Any:
    mail = joinedload(RecalledBox.mail).load_only(OutboxMail.state, OutboxMail.queued_at, OutboxMail.sent_at)
    return (
        select(RecalledBox)
        .where(RecalledBox.recall_id == recall_id)
        .order_by(RecalledBox.id)
        .options(
            joinedload(RecalledBox.order).options(joinedload(Order.customer), raiseload(Order.lines)),
            joinedload(RecalledBox.replacement),
            mail,
        )
    )


def _holds(session: Session, recall_id: int, plans: dict[int, list[BoxPlan]]) -> dict[int | None, Hold]:
    ids = {plan.subscription_id for each in plans.values() for plan in each if plan.subscription_id}
    rows = session.scalars(select(Hold).where(Hold.recall_id == recall_id, Hold.subscription_id.in_(ids)))
    return {row.subscription_id: row for row in rows}


def _count(true: Any) -> Any:
    return func.sum(case((true, 1), else_=0))

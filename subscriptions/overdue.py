"""Refills that are overdue and untouched: their day is past, nothing speaks against it, and nobody tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from kits import host
from kits.clock import today
from kits.settings import setting
from shop.watching.watch import Found, Watch, plural
from subscriptions.duties import charge_due, notice_due
from subscriptions.tables import DECLINED, NOTIFIED, Refill, Subscription

SOME = 20


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Due to be charged, tried again or announced, by a day that lies so many days back.

    What waits for stock, for a card or for its customer, and what staff have stopped, is not due.
    """
    day = today(now) - timedelta(days=int(setting("ALARM_OVERDUE_DAYS")))
    charge = and_(Refill.state == NOTIFIED, Refill.charge_on <= day)
    again = and_(Refill.state == DECLINED, Refill.retry_on <= day)
    return or_(and_(or_(charge, again), charge_due(now)), and_(Refill.notice_on <= day, notice_due(now)))


def overdue(now: datetime) -> Any:
    """How many there are."""
    return select(func.count()).select_from(Refill).where(is_overdue(now)).scalar_subquery()


def oldest(now: datetime) -> Found:
    """Those that wait longest; the page of each says why."""
    order = joinedload(Refill.subscription).joinedload(Subscription.order)
    rows = select(Refill).where(is_overdue(now)).options(order).order_by(Refill.charge_on, Refill.id).limit(SOME)
    return [
        (f"Refill {each.number} of order {each.subscription.order.number}", "refillery_why_admin.support",
         {"refill_id": each.id})
        for each in host.session().scalars(rows)
    ]  # fmt: skip


def says(figure: int) -> str:
    """What is wrong, and what to do."""
    return (
        f"{plural(figure, 'refill is', 'refills are')} overdue, and nobody has tried to announce or charge "
        f"{'it' if figure == 1 else 'them'}. See that a worker runs: flask shop work."
    )


OVERDUE = Watch("overdue", "Overdue refills", overdue, says, "refillery_admin.watch", some=oldest)

"""The next day on which anything can be due for the plans there are, so that nobody waits through days of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from kits import clock, host
from kits.settings import setting
from subscriptions.prices.tables import PENDING, PlanPrice
from subscriptions.tables import ACTIVE, OPEN, WAITING, Hold, Refill, Subscription

SHELF_LOOK = timedelta(7)
"""Nobody is told twice that a refill waits, so looking at the shelves once a week is looking often."""


def next_day(today: date) -> date | None:
    """The first of those days after `today`; None when nothing will ever be due by itself."""
    found = min((day for day in _days(today) if day > today), default=None)
    host.end_reads()
    return found


def _days(today: date) -> Iterator[date]:
    session = host.session()
    for plan in session.scalars(select(Subscription).where(Subscription.state == ACTIVE)):
        yield from (plan.last_session, plan.last_session + timedelta(1))
    yield from (day for day in session.scalars(select(Hold.until_day)) if day)
    yield from session.scalars(select(PlanPrice.from_day).where(PlanPrice.state.in_(PENDING)))
    for refill in session.scalars(select(Refill).where(Refill.state.in_(OPEN))):
        yield from _of(refill, today)


def _of(refill: Refill, today: date) -> Iterator[date]:
    charge = refill.charge_on
    yield from (refill.notice_on, charge, charge - timedelta(setting("COMMITMENT_DAYS")))
    yield from (charge - timedelta(7), charge - relativedelta(months=1))  # a card that expires is written about
    if refill.retry_on:
        yield refill.retry_on
    if refill.retry_after:
        yield clock.today(refill.retry_after)
        yield clock.today(refill.retry_after) + timedelta(1)
    if refill.state == WAITING:
        yield today + SHELF_LOOK

"""One comparison from beginning to end, by the command or by the daily duty.

What is younger than half an hour is left out on either side: a charge whose
answer is on its way, an event that is about to come, a refund that the worker
is about to send are no findings. The next day's comparison reads the last
three days once more, so nothing is missed by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kits.host import end_reads, outside_transaction, session
from kits.settings import setting
from shop.environment import standing
from shop.payments.gateway.lists import Span
from shop.reconciliation import keeping, passing
from shop.reconciliation.tables import Comparison
from shop.work.running.performing import as_worker
from shop.work.timetable import periodic

YOUNG = timedelta(minutes=30)
OVERLAP, FIRST = timedelta(days=3), timedelta(days=7)
"""How much of what was compared is compared again, and how much is the first time."""
EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """What a comparison came to; `still` is how many findings are open after it, new or not."""

    since: datetime
    until: datetime
    charges: int
    refunds: int
    disputes: int
    opened: int
    closed: int
    still: int


def _nobody(_: float) -> None:
    """Nobody wants to know."""


def span(now: datetime, since: datetime | None = None) -> Span:
    """What is compared: from `since`, else from three days before what the last whole comparison reached."""
    last = keeping.last_whole(session())
    begin = since or (last.until - OVERLAP if last else now - FIRST)
    end_reads()
    return Span(min(begin, now - YOUNG), now - YOUNG)


def compare(which: Span, *, actor: str, now: datetime, told: passing.Told = _nobody) -> Outcome:
    """Compare both sides and keep what was found. Commits a batch at a time; doing it twice changes nothing.

    Its requests take turns as a worker's do. Raises OtherEnvironment in a copy, GatewayError where Stripe cannot be
    asked: then no finding is closed.
    """
    outside_transaction()
    standing.require(now, to_charge=True)
    with as_worker():
        run = keeping.begin(which, actor=actor, now=now)
        for part in passing.PARTS:
            passing.theirs(run, part, which, now=now, told=told)
        passing.of_ours(run, which, now=now)
        keeping.end(run, closed=passing.forget_gone(run, now=now), now=now)
    try:
        return _outcome(session(), run)
    finally:
        end_reads()


def compare_daily(now: datetime) -> None:
    """The duty: what was charged, refunded and disputed since the last time. Without a key there is nothing to ask."""
    if setting("STRIPE_SECRET_KEY"):
        compare(span(now), actor="duty:reconciliation", now=now)


def _outcome(current: Session, run: int) -> Outcome:
    row, still = current.get_one(Comparison, run), keeping.count_open(current)
    counts = {name: getattr(row, name) for name in ("charges", "refunds", "disputes", "opened", "closed")}
    return Outcome(since=row.since, until=row.until, **counts, still=still)


RECONCILIATION_DUTY = periodic("reconciliation", EVERY, compare_daily)

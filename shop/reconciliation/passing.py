"""Going through both sides once, batch by batch: Stripe's lists first, then what of ours they did not show.

However much there is, one page is in memory. A charge is looked for where its
money was taken (Stripe's charges), not where its intent was made: a refill's
may be confirmed days later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.host import end_reads, session
from shop.payments.gateway.account import StripeGateway, gateway
from shop.payments.gateway.lists import Page, Span
from shop.payments.tables import FAILED, Payment, Refund
from shop.reconciliation import keeping, kinds
from shop.reconciliation.comparing import afresh, batches
from shop.reconciliation.comparing.batches import Compared

A_BATCH = 100
LONG = timedelta(days=35)
"""Refunds and disputes are read so far back: a bank may send a refund back a month later."""
Told = Callable[[float], None]
"""Hears of progress: how many more seconds of a span have been read."""


@dataclass(frozen=True)
class Part:
    """One of Stripe's lists. What `changes` after it was made is looked at afresh before it counts as a finding."""

    name: str
    ask: Callable[[StripeGateway, Span, str | None], Page[Any]]
    compare: Callable[[Session, Sequence[Any]], Compared]
    changes: bool

    def span(self, span: Span) -> Span:
        """What of the list is read."""
        return Span(min(span.since, span.until - LONG), span.until) if self.changes else span


PARTS = (
    Part("charges", StripeGateway.charges, batches.charges, changes=False),
    Part("refunds", StripeGateway.refunds, batches.refunds, changes=True),
    Part("disputes", StripeGateway.all_disputes, batches.disputes, changes=True),
)


def seconds(span: Span) -> float:
    """How much there is to tell of."""
    return sum((part.span(span).until - part.span(span).since).total_seconds() for part in PARTS)


def theirs(run: int, part: Part, span: Span, *, now: datetime, told: Told) -> None:
    """Compare one of Stripe's lists with our rows. Commits a batch at a time."""
    span, reached = part.span(span), part.span(span).until
    for batch in _pages(part, span):
        compared = part.compare(session(), batch)
        end_reads()
        if part.changes:
            compared.facts = [now_so for each in compared.facts if (now_so := afresh.look(each.kind, each.about))]
        keeping.keep(run, compared, now=now, **{part.name: len(batch)})
        told((reached - batch[-1].made_at).total_seconds())
        reached = batch[-1].made_at
    told((reached - span.since).total_seconds())


def _pages(part: Part, span: Span) -> Iterator[Sequence[Any]]:
    after = None
    while True:
        page = afresh.patiently(partial(part.ask, gateway(), span, after))
        if page.rows:
            yield page.rows
            after = page.rows[-1].id
        if not page.more:
            return


def of_ours(run: int, span: Span, *, now: datetime) -> None:
    """Ask Stripe one by one for what of ours the lists have not shown. Commits a batch at a time."""
    far = Span(min(span.since, span.until - LONG), span.until)
    paid = (func.coalesce(Payment.compared_in, 0) < run) & Payment.paid_at.between(span.since, span.until)
    given = (func.coalesce(Refund.compared_in, 0) < run) & Refund.asked_at.between(far.since, far.until)
    # What came another way than through Stripe goes back another way, too.
    of_payments = select(Payment.id, Payment.intent_id).where(Payment.means.is_(None))
    of_refunds = select(Refund.id, Refund.id).join(Payment).where(Payment.means.is_(None), Refund.state != FAILED)
    _one_by_one(run, kinds.PAYMENT_MISSING, of_payments.where(paid), now)
    _one_by_one(run, kinds.DISPUTE_DIFFERS, of_payments.where(Payment.dispute == "open"), now)
    _one_by_one(run, kinds.REFUND_MISSING, of_refunds.where(given), now)


def _one_by_one(run: int, kind: str, query: Any, now: datetime) -> None:
    """Look at each row of ours; `query` gives ids, and what a finding about each is about."""
    (row_id, _), last = query.selected_columns, 0
    while True:
        found = session().execute(query.where(row_id > last).order_by(row_id).limit(A_BATCH)).all()
        end_reads()
        if found:
            seen = [afresh.look(kind, str(about)) for _, about in found]
            keeping.keep(run, Compared(facts=[fact for fact in seen if fact]), now=now, asked=len(found))
        if len(found) < A_BATCH:
            return
        last = found[-1][0]


def forget_gone(run: int, *, now: datetime) -> int:
    """Close the open findings that this comparison has not found, each looked at afresh; how many. Commits."""
    closed = last = 0
    while found := keeping.not_seen(run, last, A_BATCH):
        for finding_id, kind, about in found:
            fact = afresh.look(kind, about)
            if fact is not None:
                keeping.keep(run, Compared(facts=[fact]), now=now)
            if fact is None or fact.kind != kind:
                closed += keeping.gone(finding_id, now=now)
        last = found[-1][0]
    return closed

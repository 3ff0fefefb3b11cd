"""What staff are told: a finding in a sentence, and the two alarms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from shop.payments.tables import Payment
from shop.reconciliation.kinds import KINDS
from shop.reconciliation.tables import OPEN, Comparison, Finding
from shop.watching.watch import Watch, plural

LATE = (30, 7, 2)
PAGE = "refillery_admin.reconciliation"


def means(finding: Finding) -> str:
    """What a finding is, in a sentence or two."""
    order = finding.order_number
    return KINDS[finding.kind].means.format(
        money=finding.money,
        order=order or "unknown",
        of_order=f" of order {order}" if order else " that is not known here",
        named=f", though it names {order}" if order else "",
        ours=finding.ours,
        theirs=finding.theirs,
    )


def advice(finding: Finding) -> str:
    """What to do about it."""
    return KINDS[finding.kind].do.format(money=finding.money)


def open_findings(now: datetime) -> Any:
    """How many wait for someone."""
    return select(func.count()).select_from(Finding).where(Finding.state == OPEN).scalar_subquery()


def not_compared(now: datetime) -> Any:
    """For more than how many days nothing was compared, in steps; before the first time, since the first payment."""
    last = select(func.max(Comparison.ended_at)).scalar_subquery()
    since = func.coalesce(last, select(func.min(Payment.paid_at)).scalar_subquery())
    return case(*((since < now - timedelta(days=days), days) for days in LATE), else_=0)


def _open_says(figure: int) -> str:
    return f"{plural(figure, 'thing stands', 'things stand')} otherwise at Stripe than here: see what each means."


def _late_says(figure: int) -> str:
    return (
        f"What Stripe says was not compared with the shop for more than {plural(figure, 'day', 'days')}. A worker does "
        "it daily: see that one runs and reaches Stripe."
    )


RECONCILIATION_WATCHES = (
    Watch("findings", "Reconciliation", open_findings, _open_says, PAGE),
    Watch("compared", "Comparing with Stripe", not_compared, _late_says, PAGE),
)

"""What a simulation came to: a table, a chart in letters, and one line of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from kits import host
from kits.clock import today
from shop.orders.tables import Order
from shop.payments.tables import PaymentAttempt
from subscriptions.tables import CANCELLED, DROPPED, ENDED, Refill, Subscription
from tests.lives.cohort.simulate import Cohort
from tests.lives.rules.watching import Watch

QUARTER = 91
WIDTH = 50


@dataclass
class Boxes:
    """Boxes sent within the run, by the day: ours, and those of a fixed quarterly subscription to the same people.

    That one sends a box every three months from the day the kit is bought, and cannot be moved or paused; it is
    cancelled on the day of the last session, or when its customer ended ours. `forgotten` is the box more that it
    sends to those who do not think of cancelling before it comes, and whose plan had run to its end.
    """

    ours: Counter[date] = field(default_factory=Counter)
    fixed: Counter[date] = field(default_factory=Counter)
    forgotten: Counter[date] = field(default_factory=Counter)


def boxes(begins: date, length: int) -> Boxes:
    """Those of all plans, within so many days."""
    found, last = Boxes(), begins + timedelta(length)
    for plan in _plans():
        for order in (plan.order, *(refill.order for refill in plan.refills if refill.order)):
            if order.shipped_at is not None:
                found.ours[today(order.shipped_at)] += sum(line.quantity for line in order.lines)
        number = 0
        while (day := plan.start + relativedelta(months=3 * number)) <= min(_over(plan), last):
            found.fixed[day] += plan.line.quantity
            number += 1
        if day <= last and not _early(plan):
            found.forgotten[day] += plan.line.quantity
    host.end_reads()
    return found


def counts(cohort: Cohort, watch: Watch, sent: Boxes) -> dict[str, int]:
    """The figures, by their names."""
    found, states = Counter[str](), Counter[str]()
    for plan in _plans():
        found["plans"] += 1
        found["plans_finished"] += plan.state == ENDED and not _early(plan)
        found["plans_ended_early"] += _early(plan)
        states.update(refill.state for refill in plan.refills)
        found["waited"] += sum(refill.waited_at is not None for refill in plan.refills)
    tried = _declined()
    host.end_reads()
    return {
        "customers": cohort.size,
        **{name: found[name] for name in ("plans", "plans_finished", "plans_ended_early")},
        "boxes_sent": sent.ours.total(),
        "boxes_fixed": sent.fixed.total(),
        "boxes_fixed_and_forgotten": sent.fixed.total() + sent.forgotten.total(),
        "charges": sum(watch.charged.values()),
        "refills_that_waited_for_stock": found["waited"],
        "refills_dropped": states[DROPPED],
        "refills_cancelled": states[CANCELLED],
        "declined": len(tried),
        "recovered": sum(tried.values()),
        "violations": len(watch.violations),
    }


def table(found: Mapping[str, int], did: Mapping[str, int]) -> Iterator[str]:
    """The figures, what the banks said and what the customers did, a line each."""
    for name, value in found.items():
        yield f"{name.replace('_', ' '):<44}{value:>9,}"
    for heading, rows in (("Tries that were declined, by what the bank said", _codes()), ("What happened", did)):
        yield from ("", f"{heading}:")
        for name, times in sorted(rows.items()):
            yield f"  {name:<42}{times:>9,}"


def chart(sent: Boxes, begins: date) -> Iterator[str]:
    """Boxes sent in each quarter."""
    rows = quarters(sent, begins)
    most = max(max(ours, fixed + forgotten) for ours, fixed, forgotten in rows) or 1
    yield "Boxes sent in each quarter: █ by plan, ▒ by a fixed subscription, ░ and one more before it is cancelled"
    for number, (ours, fixed, forgotten) in enumerate(rows, 1):
        yield f"{f'Q{number}':>4} {'█' * round(WIDTH * ours / most)} {ours:,}"
        more = f" + {forgotten:,}" if forgotten else ""
        yield f"     {'▒' * round(WIDTH * fixed / most)}{'░' * round(WIDTH * forgotten / most)} {fixed:,}{more}"


def quarters(sent: Boxes, begins: date) -> list[tuple[int, int, int]]:
    """Ours, fixed and forgotten boxes of each quarter of the run."""
    each = [Counter[int](), Counter[int](), Counter[int]()]
    for by_quarter, by_day in zip(each, (sent.ours, sent.fixed, sent.forgotten), strict=True):
        for day, count in by_day.items():
            by_quarter[(day - begins).days // QUARTER] += count
    ours, fixed, forgotten = each
    return [(ours[n], fixed[n], forgotten[n]) for n in range(max((*ours, *fixed, *forgotten, 0)) + 1)]


def as_json(found: Mapping[str, int], seed: int, days: int) -> str:
    """The last line."""
    return json.dumps({"simulate": "cohort", "seed": seed, "days": days, **found})


def _plans() -> list[Subscription]:
    return list(host.session().scalars(select(Subscription).order_by(Subscription.id)))


def _over(plan: Subscription) -> date:
    return today(plan.ended_at) if plan.ended_at and _early(plan) else plan.last_session


def _early(plan: Subscription) -> bool:
    """True when its customer ended it before its last session."""
    return plan.ended_at is not None and today(plan.ended_at) <= plan.last_session


def _declined() -> dict[int, bool]:
    """The refills of which a charge was declined, and whether they were paid in the end."""
    of = select(Refill.id, Refill.paid_on).join(PaymentAttempt, PaymentAttempt.order_id == Refill.order_id)
    return {
        row.id: row.paid_on is not None
        for row in host.session().execute(of.where(PaymentAttempt.decline_code.is_not(None)))
    }


def _codes() -> Counter[str]:
    of = (
        select(PaymentAttempt.decline_code)
        .join(Order)
        .where(PaymentAttempt.decline_code.is_not(None), Order.kind == "refill")
    )
    found = Counter(str(code).replace("_", " ") for code in host.session().scalars(of))
    host.end_reads()
    return found

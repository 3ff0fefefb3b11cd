"""What a simulation came to: a table, a drawn chart, and one line of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date

from kits import host
from subscriptions.tables import CANCELLED, DROPPED, PAID, SHIPPED, Subscription
from tests.lives.simulate import Cohort, plans
from tests.lives.watching import Watch

QUARTER = 91
WIDTH = 50


def counts(cohort: Cohort, watch: Watch) -> dict[str, int]:
    """The figures, by their names."""
    refills = Counter[str]()
    found: Counter[str] = Counter()
    for plan in plans():
        found["plans"] += 1
        found["plans_finished"] += plan.state == "ended"
        found["boxes_fixed"] += _fixed(plan)
        for refill in plan.refills:
            refills[refill.state] += 1
            tries = refill.order_id is not None and refill.retry_on is not None
            found["declined"] += tries
            found["recovered"] += tries and refill.paid_on is not None
    host.end_reads()
    return {
        "customers": cohort.size,
        **{name: found[name] for name in ("plans", "plans_finished")},
        "boxes_sent": found["plans"] + refills[PAID] + refills[SHIPPED],
        "boxes_fixed": found["boxes_fixed"],
        "charges": sum(watch.charged.values()),
        "refills_dropped": refills[DROPPED],
        "refills_cancelled": refills[CANCELLED],
        "declined": found["declined"],
        "recovered": found["recovered"],
        "violations": len(watch.violations),
    }


def _fixed(plan: Subscription) -> int:
    """Boxes that a fixed quarterly subscription would have sent by the plan's last session, the kit's own included.

    It sends one each quarter from the purchase until it is cancelled, and nobody cancels in time: so one more.
    """
    return 2 + (plan.last_session - plan.start).days // QUARTER


def table(found: dict[str, int], cohort: Cohort) -> Iterator[str]:
    """The figures and what the customers did, a line each."""
    for name, value in found.items():
        yield f"{name.replace('_', ' '):<34}{value:>9,}"
    yield ""
    for act, times in sorted(cohort.did.items()):
        yield f"{act:<34}{times:>9,}"


def chart(cohort: Cohort) -> Iterator[str]:
    """Boxes sent in each quarter: by plan, and by a fixed quarterly subscription for the same treatments."""
    ours, fixed = Counter[int](), Counter[int]()
    for plan in plans():
        bought = (plan.start - cohort.begins).days // QUARTER
        sent = [plan.start, *(refill.paid_on for refill in plan.refills if refill.paid_on)]
        ours.update(_quarter(day, cohort.begins) for day in sent)
        fixed.update(bought + number for number in range(_fixed(plan)))
    host.end_reads()
    most = max([*ours.values(), *fixed.values(), 1])
    yield "Boxes sent in each quarter (█ by plan, ░ by a fixed quarterly subscription)"
    for quarter in range(max([*ours, *fixed, 0]) + 1):
        for name, count, ink in ((f"Q{quarter + 1}", ours[quarter], "█"), ("", fixed[quarter], "░")):
            yield f"{name:>4} {ink * round(WIDTH * count / most)} {count:,}"


def _quarter(day: date, begins: date) -> int:
    return (day - begins).days // QUARTER


def as_json(found: dict[str, int], seed: int) -> str:
    """The last line."""
    return json.dumps({"simulate": "cohort", "seed": seed, **found})

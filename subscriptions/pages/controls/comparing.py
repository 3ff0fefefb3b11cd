"""A plan as it stands beside the plan as it would be: both drawn, and line by line in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from kits.catalogue.plan_line import PlanLine
from kits.dates import written
from subscriptions.controls.outlook import Change, Outlook, ToCome, facts, outlook
from subscriptions.pages.drawing import course_line
from subscriptions.plan.schedule import NOTICE_DAYS
from subscriptions.tables import NOTIFIED, SCHEDULED, UNCLAIMED, WAITING, Refill, Subscription

NOT_SENT = "not sent, not charged"


@dataclass(frozen=True)
class Row:
    """One thing about a plan, as it is and as it would be."""

    name: str
    before: str
    after: str

    @property
    def changes(self) -> bool:
        """True when it would be otherwise."""
        return self.before != self.after


@dataclass(frozen=True)
class Comparison:
    """Two plans. The lines are drawn, the rows say the same."""

    before: PlanLine
    after: PlanLine
    rows: list[Row]

    @property
    def changes(self) -> bool:
        """True when anything would be otherwise."""
        return any(row.changes for row in self.rows)


def compared(plan: Subscription, change: Change, day: date) -> Comparison:
    """The plan with a change beside the plan without; raises what the change raises."""
    known = facts(plan, day)
    before, after = outlook(known), outlook(known, change)
    told = _told(plan, after)
    return Comparison(_drawn(plan, before, day), _drawn(plan, after, day), _rows(before, after, told, day))


def _drawn(plan: Subscription, seen: Outlook, day: date) -> PlanLine:
    coming = {each.number for each in seen.to_come}
    kept = [(it.number, it.needed_on, it.state) for it in plan.refills if it.number not in coming and _stays(it)]
    states = {it.number: it.state for it in plan.refills if it.state in UNCLAIMED}
    due = [(it.number, it.needed_on, states.get(it.number, SCHEDULED)) for it in seen.to_come]
    return course_line(seen.course, sorted([*kept, *due]), day)


def _stays(refill: Refill) -> bool:
    """True for what was paid, or waits for its customer: it stands in the plan whatever becomes of it."""
    return refill.state not in UNCLAIMED and refill.state not in ("dropped", "cancelled")


def _told(plan: Subscription, after: Outlook) -> set[int]:
    """The refills whose notice still holds; all others are charged a week after theirs at the earliest."""
    return {
        refill.number
        for refill in plan.refills
        if refill.state in (NOTIFIED, WAITING) and after.price.amount <= (refill.notice_amount or 0)
    }


def _rows(before: Outlook, after: Outlook, told: Collection[int], day: date) -> list[Row]:
    was, will = ({each.number: each for each in seen.to_come} for seen in (before, after))
    refills = [
        Row(f"Refill {number}", _of(was.get(number), told, day), _of(will.get(number), told, day))
        for number in sorted({*was, *will})
    ]
    return [
        Row("Sessions", f"{len(before.course.to_have)}", f"{len(after.course.to_have)}"),
        Row("Next session", _next(before, day), _next(after, day)),
        Row("Last session", written(before.last_session), written(after.last_session)),
        *refills,
        Row("Each refill costs", f"{before.price}", f"{after.price}"),
        Row("Still to come in all", f"{before.total}", f"{after.total}"),
    ]


def _next(seen: Outlook, day: date) -> str:
    step = seen.course.next_step(day)
    return written(step.day) if step else "none"


def _of(refill: ToCome | None, told: Collection[int], day: date) -> str:
    if refill is None:
        return NOT_SENT
    earliest = day if refill.number in told else day + timedelta(days=NOTICE_DAYS)
    charge = max(refill.charge_on, earliest)
    return f"needed {written(refill.needed_on)}, charged about {written(charge)}"

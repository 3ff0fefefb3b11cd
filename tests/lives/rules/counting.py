"""Plans counted out naively, a day and a box at a time: what the product reckons must come to the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from kits import host
from kits.catalogue.tables import KitComponent
from subscriptions.stops.tables import BillingStop
from subscriptions.tables import (
    ACTIVE,
    CHARGING,
    NEEDS_CUSTOMER,
    PAID,
    SHIPPED,
    TO_COME,
    UNCLAIMED,
    Refill,
    Subscription,
)

A_DAY = timedelta(days=1)


def drifted(plan: Subscription) -> Iterator[str]:
    """Where a plan's days are others than those counted; nothing of a hold that is open counts yet."""
    resting = {day for hold in plan.holds if hold.until_day for day in _days(hold.from_day, hold.until_day)}
    sessions = _sessions(plan, resting)
    if plan.last_session != (last := max(sessions.values(), default=_after(plan.start, 0, resting))):
        yield f"its last session is {plan.last_session}, counted {last}"
    for refill, counted in _needed(plan, resting):
        if refill.state in TO_COME and refill.needed_on != counted:
            yield f"refill {refill.number} is needed on {refill.needed_on}, counted {counted}"


def summed(session: Session) -> Counter[int]:
    """What the plans still take, by item: each that runs, each of its refills to come, each component of a box."""
    found, parts = Counter[int](), session.scalars(select(KitComponent).where(KitComponent.in_refill > 0)).all()
    running = select(Subscription).where(Subscription.state == ACTIVE).options(selectinload(Subscription.refills))
    for plan in session.scalars(running):
        boxes = sum(1 for refill in plan.refills if refill.state in TO_COME and refill.order_id is None)
        for part in parts:
            if part.kit_id == plan.kit_id and boxes and not plan.rests:
                found[part.item_id] += boxes * plan.quantity * part.in_refill
    return found


def stopped(plan_id: int) -> bool:
    """Whether a dispute, a warning or a missing card stops the plan's charges."""
    mine = BillingStop.subscription_id == plan_id, BillingStop.ended_at.is_(None)
    return host.session().scalar(select(BillingStop.id).where(*mine).limit(1)) is not None


def _sessions(plan: Subscription, resting: set[date]) -> dict[int, date]:
    """The day of each session that is not skipped; what is done late is added to the days of rest."""
    said, found, since_start = {each.number: each.done_on for each in plan.log}, {}, 0
    in_all = plan.changed[-1][1] if plan.changed else plan.sessions
    for number in range(1, in_all + 1):
        since_start += 7 * _weeks_before(plan, number) if number > 1 else 0
        stands = _after(plan.start, since_start, resting)
        done = said.get(number) or stands
        resting |= set(_days(stands, done))
        if number not in said or said[number]:
            found[number] = done
    return found


def _weeks_before(plan: Subscription, number: int) -> int:
    weeks = plan.every_weeks
    for from_session, _, every_weeks, _ in plan.changed or ():
        weeks = every_weeks if number >= from_session else weeks
    return weeks


def _needed(plan: Subscription, resting: set[date]) -> Iterator[tuple[Refill, date]]:
    """When each refill is needed: three months after the one before at least, of days that were not rested."""
    opened: date | None = None
    for refill in plan.refills:
        months = relativedelta(months=3 * refill.number)
        needed = _after(plan.start, (plan.start + months - plan.start).days, resting)
        if opened is not None:
            lasts = (opened + relativedelta(months=3) - opened).days
            needed = max(needed, _after(opened, lasts, resting))
        needed += timedelta(days=refill.moved_days)
        yield refill, needed
        if refill.state in (PAID, SHIPPED):
            opened = max(refill.paid_on or refill.needed_on, refill.needed_on)
        elif refill.state in (CHARGING, NEEDS_CUSTOMER):
            opened = refill.needed_on
        elif refill.state in UNCLAIMED:
            opened = needed


def _after(day: date, count: int, resting: set[date]) -> date:
    """So many days of the plan after one of its days: days of rest are none."""
    while day in resting:
        day += A_DAY
    for _ in range(count):
        day += A_DAY
        while day in resting:
            day += A_DAY
    return day


def _days(first: date, after: date) -> Iterator[date]:
    while first < after:
        yield first
        first += A_DAY

"""What a wish of a customer would make of a plan, on the facts alone, and what refuses it. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kits.errors import NotFound, WrongState
from subscriptions.controls import changing, pauses, refills
from subscriptions.controls.doing import BEING_PAID, OVER
from subscriptions.controls.outlook import Facts, with_box
from subscriptions.controls.refills import NOT_TO_COME
from subscriptions.tables import ACTIVE, CANCELLED, CHARGING, TO_COME, UNPAID, Refill, Subscription

Values = Mapping[str, Any]
NO_REFILL = "Your plan has no such refill."


def spacing(plan: Subscription) -> dict[str, Any]:
    """How many sessions there are in all, and how many weeks lie between those to come."""
    last = (plan.changed or [[0, plan.sessions, plan.every_weeks]])[-1]
    return {"sessions": last[1], "every_weeks": last[2]}


def check(plan: Subscription) -> None:
    """Raises WrongState where no change is taken just now."""
    if plan.state != ACTIVE:
        raise WrongState(OVER)
    if any(refill.state == CHARGING for refill in plan.refills):
        raise WrongState(BEING_PAID)


def refill_of(plan: Subscription, number: int) -> Refill:
    """One refill of the plan; raises NotFound."""
    found = next((refill for refill in plan.refills if refill.number == number), None)
    if found is None:
        raise NotFound(NO_REFILL)
    return found


def can_move(refill: Refill) -> bool:
    """True for what is to come, and for what was ordered and is not paid."""
    return refill.state in UNPAID or (refill.state in TO_COME and refill.order_id is None)


def can_return(refill: Refill) -> bool:
    """True for what its customer left out."""
    return refill.state == CANCELLED and refill.skipped_at is not None


def spaced(plan: Subscription, values: Values, day: date, known: Facts) -> Facts:
    """The sessions asked for."""
    return changing.spaced(plan, values["sessions"], values["every_weeks"], day, known)


def paused(plan: Subscription, values: Values, day: date, known: Facts) -> Facts:
    """Resting until the day asked for, whatever pause runs."""
    if plan.rests:
        raise WrongState(pauses.HELD)
    return pauses.paused(values["until"], day, _going_on(plan, day, known))


def resumed(plan: Subscription, values: Values, day: date, known: Facts) -> Facts:
    """Going on today."""
    if plan.rests:
        raise WrongState(pauses.HELD)
    return _going_on(plan, day, known)


def _going_on(plan: Subscription, day: date, known: Facts) -> Facts:
    """The plan with the pause that runs over today."""
    rests = tuple(replace(rest, until_day=min(rest.until_day, max(day, rest.from_day))) for rest in known.course.rests)
    return replace(known, course=replace(known.course, rests=rests))


def moved(plan: Subscription, values: Values, day: date, known: Facts) -> Facts:
    """The refill as much later as asked for."""
    return refills.moved(values["refill"], values["weeks"], _let_go(plan, values["refill"], known))


def left_out(plan: Subscription, values: Values, day: date, known: Facts) -> Facts:
    """Without the refill."""
    return refills.left_out(values["refill"], _let_go(plan, values["refill"], known))


def sent(plan: Subscription, values: Values, day: date, known: Facts) -> Facts:
    """With a refill that its customer left out."""
    refill = refill_of(plan, values["refill"])
    if not can_return(refill) or plan.last_session < day:
        raise WrongState(NOT_TO_COME)
    return with_box(known, refill.number, left_out=False)


def _let_go(plan: Subscription, number: int, known: Facts) -> Facts:
    """What was ordered and is not paid is to come again."""
    if not can_move(refill_of(plan, number)):
        raise WrongState(NOT_TO_COME)
    return replace(with_box(known, number, opened=None), claimed=known.claimed - {number})

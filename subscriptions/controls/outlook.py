"""What a plan comes to as it stands, or would with a change: sessions and refills to come, and their cost. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from kits.money import Money
from subscriptions.plan.course import Course
from subscriptions.plan.needs import Box, needs
from subscriptions.plan.schedule import RefillDays
from subscriptions.replanning import box_of, charge_day, earliest_charge
from subscriptions.tables import UNCLAIMED, Refill, Subscription


@dataclass(frozen=True)
class Facts:
    """All that a plan's days and cost follow from. `earliest` are the days before which notices allow no charge."""

    course: Course
    boxes: tuple[Box, ...]
    earliest: dict[int, date]
    quantity: int
    each: Money
    claimed: frozenset[int]


@dataclass(frozen=True)
class ToCome:
    """A refill that is still to be charged."""

    number: int
    needed_on: date
    charge_on: date


@dataclass(frozen=True)
class Outlook:
    """What is to come of a plan, and what that costs in all."""

    course: Course
    to_come: tuple[ToCome, ...]
    price: Money
    total: Money

    @property
    def last_session(self) -> date:
        """After it nothing is sent or charged."""
        return self.course.last_session


Change = Callable[[Facts], Facts]


def facts(plan: Subscription, today: date) -> Facts:
    """A plan as it stands; its refills are loaded."""
    return Facts(
        course=plan.course_on(today),
        boxes=tuple(box_of(refill) for refill in plan.refills),
        earliest={refill.number: day for refill in plan.refills if (day := earliest_charge(refill))},
        quantity=plan.quantity,
        each=Money(plan.refill_amount, plan.currency),
        claimed=frozenset(refill.number for refill in plan.refills if _claimed(refill)),
    )


def outlook(known: Facts, change: Change = lambda known: known) -> Outlook:
    """What is to come, with a change or as it is."""
    known = change(known)
    days = [RefillDays(number, on) for number, on in needs(known.course, known.boxes).items()]
    to_come = tuple(
        ToCome(
            each.number, each.needed_on, charge_day(known.course, each.wanted_charge, known.earliest.get(each.number))
        )
        for each in days
        if each.number not in known.claimed
    )
    price = known.each * known.quantity
    return Outlook(known.course, to_come, price, price * len(to_come))


def with_box(known: Facts, number: int, **values: object) -> Facts:
    """The same with other facts of one refill."""
    boxes = tuple(replace(box, **values) if box.number == number else box for box in known.boxes)  # type: ignore[arg-type]
    return replace(known, boxes=boxes)


def _claimed(refill: Refill) -> bool:
    """True when nothing moves it any more: it is being charged, waits for its customer, was paid or sent."""
    return refill.state not in UNCLAIMED and box_of(refill).opened is not None

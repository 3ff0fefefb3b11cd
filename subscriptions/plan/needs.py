"""When each refill of a plan is needed, as what happened has moved it. Pure, in the shop's zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from subscriptions.plan.course import Course
from subscriptions.plan.schedule import still_needed

LATEST_WEEKS = 12
"""A customer moves a refill later by so many weeks at most."""


@dataclass(frozen=True)
class Box:
    """What is known of a refill. `opened`: the day its box is opened, once that moves no more (it is being charged,
    or was). `later`: the days by which its customer moved it. `left_out`: it is not sent, whatever the plan needs.
    """

    number: int
    opened: date | None = None
    later: int = 0
    left_out: bool = False


def needs(course: Course, boxes: Iterable[Box]) -> dict[int, date]:
    """The day each refill is needed by its number, of the `boxes` there are and those the plan takes beside them.

    It is the day the plan says, but no sooner than the box before is empty. What is left out and a need after the
    last session are not in it, but for boxes whose day moves no more.
    """
    known = {box.number: box for box in boxes}
    found: dict[int, date] = {}
    before: date | None = None
    for number, planned in course.box_days():
        box = known.get(number, Box(number))
        day = box.opened or _day(course, planned, before, box.later)
        if box.opened is None and not still_needed(planned, course.last_session) and number >= max(known, default=0):
            return found
        if box.left_out:
            continue
        if box.opened or still_needed(day, course.last_session):
            found[number] = before = day
    raise AssertionError("a plan ends")


def _day(course: Course, planned: date, before: date | None, later: int) -> date:
    earliest = course.empty_on(before) if before else planned
    return max(planned, earliest) + timedelta(days=later)

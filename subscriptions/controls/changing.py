"""Changing a plan under way: how many sessions, how far apart, how many boxes a refill, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.errors import BadInput, WrongState
from shop.orders.basket import MOST_A_LINE
from shop.orders.checkout import Address
from shop.orders.placing.address import check_words
from shop.selling import rules, shipping
from subscriptions import commitments, plural
from subscriptions.controls.doing import change
from subscriptions.controls.outlook import Facts
from subscriptions.plan.course import Changed, Course
from subscriptions.replanning import announce_anew
from subscriptions.tables import TO_COME, DeliveryAddress, Refill, Subscription

LAST = "Your last session is near, so the plan cannot be changed any more."


def said_of_spacing(sessions: int, every_weeks: int) -> str:
    """The sentence that a plan has so many sessions so far apart, for the mail and the page."""
    return f"Your plan now has {sessions} sessions, one every {plural.weeks(every_weeks)} after your next."


def said_of_boxes(plan: Subscription) -> str:
    """The sentence on how many boxes a plan's refills hold."""
    return f"Each refill now holds {plural.boxes(plan.quantity)} and costs {plan.refill_price}."


def spaced(plan: Subscription, sessions: int, every_weeks: int, day: date, known: Facts) -> Facts:
    """The plan with so many sessions in all, the ones after the next so far apart. Raises BadInput, WrongState."""
    course = known.course
    changed = _changed(plan, course, sessions, every_weeks, day)
    return replace(known, course=replace(course, changes=(*course.changes, changed)))


def boxed(quantity: int, known: Facts) -> Facts:
    """The plan with so many boxes a refill. Raises BadInput at `quantity`."""
    _check_quantity(quantity)
    return replace(known, quantity=quantity)


def change_plan(subscription_id: int, sessions: int, every_weeks: int, *, actor: str, now: datetime) -> None:
    """Have so many sessions in all; the next stays on its day, those after it come so far apart. Commits.

    Raises BadInput at the field outside the kit's limits, WrongState as `change` does and near the plan's end.
    """

    def write(session: Session, plan: Subscription, _: Sequence[Refill]) -> str:
        day = today(now)
        course = plan.course_on(day)
        wanted = _changed(plan, course, sessions, every_weeks, day)
        if course.sessions == sessions and _weeks_from(course, wanted.from_session, plan) == every_weeks:
            return ""
        new = [wanted.from_session, wanted.sessions, wanted.every_weeks, day.isoformat()]
        plan.changed = [*(plan.changed or ()), new]
        return said_of_spacing(sessions, every_weeks)

    change(subscription_id, "plan_changed", write, actor=actor, now=now)


def change_quantity(subscription_id: int, quantity: int, *, actor: str, now: datetime) -> None:
    """Send so many boxes with each refill that is not ordered yet. Commits.

    Where that costs more than a notice has named, the refill is announced
    anew. Raises BadInput at `quantity`, WrongState as `change` does.
    """
    _check_quantity(quantity)

    def write(session: Session, plan: Subscription, refills: Sequence[Refill]) -> str:
        if plan.quantity == quantity:
            return ""
        plan.quantity = quantity
        for refill in (each for each in refills if each.state in TO_COME):
            commitments.consume(session, refill)  # the duty keeps back anew what is wanted now
            if refill.notice_amount is not None and plan.refill_price.amount > refill.notice_amount:
                announce_anew(refill, min(refill.notice_on, today(now)))
        return said_of_boxes(plan)

    change(subscription_id, "quantity_changed", write, actor=actor, now=now)


def change_address(subscription_id: int, name: str, address: Address, *, actor: str, now: datetime) -> None:
    """Send the refills that are not ordered yet to another address, at the same price. Commits.

    Raises BadInput at the field that cannot be taken, at `country` where we do not deliver.
    """
    check_words({"name": name})
    tidied = address.tidied()

    def write(session: Session, plan: Subscription, _: Sequence[Refill]) -> str:
        if tidied.country not in shipping.countries(rules.read(session).zones):
            raise BadInput("country", "We do not deliver there. Please choose a country from the list.")
        known = session.scalars(select(DeliveryAddress).where(DeliveryAddress.subscription_id == plan.id)).first()
        row = known or DeliveryAddress(subscription_id=plan.id)
        for field, value in {"name": name.strip(), **vars(tidied)}.items():
            setattr(row, field, value)
        row.changed_at = now
        session.add(row)
        return f"Refills now go to {tidied.line1}, {tidied.city} {tidied.postcode}, at the same price."

    change(subscription_id, "address_changed", write, actor=actor, now=now)


def _changed(plan: Subscription, course: Course, sessions: int, every_weeks: int, day: date) -> Changed:
    plan.kit.limits.plan(sessions, every_weeks, plan.start)
    following = course.next_step(day)
    if following is None:
        raise WrongState(LAST)
    if sessions < following.number:
        raise BadInput("sessions", f"Session {following.number} is your next, so choose {following.number} or more.")
    return Changed(following.number + 1, sessions, every_weeks)


def _weeks_from(course: Course, number: int, plan: Subscription) -> int:
    return next((c.every_weeks for c in reversed(course.changes) if number >= c.from_session), plan.every_weeks)


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MOST_A_LINE:
        raise BadInput("quantity", f"Choose 1 to {MOST_A_LINE} boxes.")

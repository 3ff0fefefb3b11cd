"""What is otherwise than the last notice said, or than was agreed to with the order: a sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kits.dates import written
from subscriptions.plural import boxes
from subscriptions.tables import Refill


@dataclass(frozen=True)
class Told:
    """What was told before a notice is written: the day of the charge (None: nothing yet) and how many boxes."""

    charge_on: date | None
    boxes: int


def told(refill: Refill) -> Told:
    """What the refill's own last notice named, else the refill's before it, else the order."""
    plan = refill.subscription
    announced = [each for each in plan.refills if each.number <= refill.number and each.notice_unit]
    last = announced[-1] if announced else None
    boxes = (last.notice_amount or 0) // last.notice_unit if last and last.notice_unit else plan.line.quantity
    return Told(refill.told_on, boxes)


def since(refill: Refill, before: Told) -> list[str]:
    """The sentences, once the notice's day and amount are set; empty when nothing has changed."""
    plan = refill.subscription
    found = []
    planned = plan.plan.refill_needs
    if before.charge_on is not None and refill.told_on is not None and before.charge_on != refill.told_on:
        found.append(f"The charge has moved from {written(before.charge_on)} to {written(refill.told_on)}.")
    elif before.charge_on is None and refill.number <= len(planned):
        first = planned[refill.number - 1]
        if first != refill.needed_on:
            found.append(f"When you bought your plan this refill was needed from {written(first)}.")
    if before.boxes != plan.quantity:
        found.append(f"The refill now holds {boxes(plan.quantity)} instead of {boxes(before.boxes)}.")
    return found

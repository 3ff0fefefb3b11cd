"""What a customer can wish of a running plan: the form it comes in, what it would come to, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from kits.dates import written
from shop.orders.basket import MOST_A_LINE
from shop.storefront.forms import Form, day, whole
from subscriptions.controls import changing, pauses, refills
from subscriptions.controls.outlook import Facts
from subscriptions.controls.refills import TOO_FAR
from subscriptions.pages.controls import would
from subscriptions.pages.controls.would import NO_REFILL, Values, can_move, can_return, refill_of, spacing
from subscriptions.plural import boxes, weeks
from subscriptions.tables import Subscription


class SpacingForm(Form):
    """How many sessions in all, and how many weeks lie between those to come."""

    sessions = whole("Choose how many sessions you plan.", required=True)
    every_weeks = whole("Choose how many weeks lie between two sessions.", required=True)


class BoxesForm(Form):
    """How many boxes a refill."""

    quantity = whole(f"Choose 1 to {MOST_A_LINE} boxes.", required=True)


class PauseForm(Form):
    """Until when."""

    until = day("Choose the day on which your plan goes on.", required=True)


class RefillForm(Form):
    """Which refill."""

    refill = whole(NO_REFILL, required=True)


class MoveForm(RefillForm):
    """How much later than planned."""

    weeks = whole(TOO_FAR, required=True)


@dataclass(frozen=True)
class Wish:
    """One kind of change. `shown` is pure and `made` commits; `said` says of the plan as it is what was done.

    `undone_by` names the wish that takes it back, whose values are `former` of the plan as it was before; where that is
    empty, as there was nothing before, `ended_by` takes it back.
    """

    form: type[Form]
    title: Callable[[Values], str]
    shown: Callable[[Subscription, Values, date, Facts], Facts]
    made: Callable[[int, Values, datetime], None]
    said: Callable[[Subscription, Values, date], str]
    undone_by: str = ""
    ended_by: str = ""
    former: Callable[[Subscription, Values, date], Values] = lambda plan, values, day: {}
    of_refill: bool = False


def _title_of_move(values: Values) -> str:
    later = f"{weeks(values['weeks'])} later" if values["weeks"] else "as it was planned"
    return f"Refill {values['refill']}, {later}"


def _said_of_skip(plan: Subscription, values: Values, day: date) -> str:
    number = values["refill"]
    return refills.said_of_skip(number) if can_return(refill_of(plan, number)) else ""


def _said_of_send(plan: Subscription, values: Values, day: date) -> str:
    number = values["refill"]
    return refills.said_of_send(number) if can_move(refill_of(plan, number)) else ""


def _said_of_move(plan: Subscription, values: Values, day: date) -> str:
    return refills.said_of_move(values["refill"], refill_of(plan, values["refill"]).moved_days // 7)


def _said_of_pause(plan: Subscription, values: Values, day: date) -> str:
    until = plan.paused_until(day)
    return pauses.said_of_pause(until) if until else ""


def _former_pause(plan: Subscription, values: Values, day: date) -> Values:
    until = plan.paused_until(day)
    return {"until": until} if until else {}


def _said_of_spacing(plan: Subscription, values: Values, day: date) -> str:
    return changing.said_of_spacing(**spacing(plan))


WISHES: dict[str, Wish] = {
    "sessions": Wish(
        SpacingForm,
        lambda values: f"{values['sessions']} sessions, every {weeks(values['every_weeks'])}",
        would.spaced,
        lambda plan_id, values, now: changing.change_plan(plan_id, **values, actor="customer", now=now),
        _said_of_spacing,
        undone_by="sessions",
        former=lambda plan, values, day: spacing(plan),
    ),
    "quantity": Wish(
        BoxesForm,
        lambda values: f"{boxes(values['quantity'])} in each refill",
        lambda plan, values, day, known: changing.boxed(values["quantity"], known),
        lambda plan_id, values, now: changing.change_quantity(plan_id, **values, actor="customer", now=now),
        lambda plan, values, day: changing.said_of_boxes(plan),
        undone_by="quantity",
        former=lambda plan, values, day: {"quantity": plan.quantity},
    ),
    "pause": Wish(
        PauseForm,
        lambda values: f"Rest until {written(values['until'])}",
        would.paused,
        lambda plan_id, values, now: pauses.pause(plan_id, **values, actor="customer", now=now),
        _said_of_pause,
        undone_by="pause",
        ended_by="resume",
        former=_former_pause,
    ),
    "resume": Wish(
        Form,
        lambda values: "Go on today",
        would.resumed,
        lambda plan_id, values, now: pauses.end_pause(plan_id, actor="customer", now=now),
        lambda plan, values, day: "" if plan.paused_until(day) else "Your plan goes on.",
    ),
    "move": Wish(
        MoveForm,
        _title_of_move,
        would.moved,
        lambda plan_id, values, now: refills.move(
            plan_id, values["refill"], values["weeks"], actor="customer", now=now
        ),
        _said_of_move,
        undone_by="move",
        former=lambda plan, values, day: {
            "refill": values["refill"],
            "weeks": refill_of(plan, values["refill"]).moved_days // 7,
        },
        of_refill=True,
    ),
    "skip": Wish(
        RefillForm,
        lambda values: f"Leave refill {values['refill']} out",
        would.left_out,
        lambda plan_id, values, now: refills.skip(plan_id, values["refill"], actor="customer", now=now),
        _said_of_skip,
        undone_by="send",
        former=lambda plan, values, day: {"refill": values["refill"]},
        of_refill=True,
    ),
    "send": Wish(
        RefillForm,
        lambda values: f"Send refill {values['refill']} after all",
        would.sent,
        lambda plan_id, values, now: refills.send_after_all(plan_id, values["refill"], actor="customer", now=now),
        _said_of_send,
        undone_by="skip",
        former=lambda plan, values, day: {"refill": values["refill"]},
        of_refill=True,
    ),
}

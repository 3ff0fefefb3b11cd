"""Logging a session: one button for today, a field for another day, skipping it, and taking either back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from marshmallow import validate
from werkzeug.wrappers import Response

from kits import clock, host
from kits.clock import today
from kits.errors import BadInput, NotFound, WrongState
from kits.settings import setting
from shop.storefront.forms import Form, Wrong, day, filled, sentences, taken
from subscriptions import find
from subscriptions.controls import session_log
from subscriptions.plan.course import Course, Step
from subscriptions.tables import Subscription

Answer = Response | str | tuple[str, int]
NOT_SAID = "Press one of the buttons."
NO_DAY = "Give the day of your session."
NONE = "Your plan has no such session."


class SaidForm(Form):
    """What is said of a session: done today, done `on` a day, skipped, or nothing any more."""

    said = filled(NOT_SAID, validate.OneOf(("today", "day", "skip", "undo"), error=NOT_SAID))


class DayForm(Form):
    """The day it was done on."""

    on = day(NO_DAY, required=True)


@dataclass(frozen=True)
class Wear:
    """How many of the plan's sessions the kit's roller was used for, of those its maker says it lasts."""

    had: int
    most: int

    @property
    def worn(self) -> bool:
        """True when the limit is reached."""
        return self.had >= self.most


def wear(course: Course, day: date) -> Wear | None:
    """The roller's; None when the shop has set no limit, or before the first session."""
    most = int(setting("ROLLER_SESSIONS") or 0)
    had = len(course.had(day))
    return Wear(had, most) if most > 0 and had else None


def overview(token: str, subscription_id: int) -> Answer:
    """All sessions of a plan, and the one to log now."""
    plan, now = find.by_link(host.session(), token, subscription_id), clock.now()
    course, day = plan.course_on(today(now)), today(now)
    return render_template("subscriptions/controls/sessions.html", plan=plan, **about(course, course.to_log(day), day))


def one(token: str, subscription_id: int, number: int) -> Answer:
    """What is known of a session on GET; on POST what is said of it."""
    plan = find.by_link(host.session(), token, subscription_id)
    if request.method == "GET":
        return _page(plan, number, {})
    host.end_reads()
    try:
        _say(subscription_id, number)
    except (Wrong, BadInput) as error:
        return _page(find.by_link(host.session(), token, subscription_id), number, sentences(error)), 422
    except WrongState as error:
        return _page(find.by_link(host.session(), token, subscription_id), number, {}, str(error)), 409
    return redirect(url_for(".session", token=token, subscription_id=subscription_id, number=number), 303)


def _say(subscription_id: int, number: int) -> None:
    now, said = clock.now(), taken(SaidForm, request.form)["said"]
    if said == "undo":
        session_log.undo(subscription_id, number, actor="customer", now=now)
    elif said == "skip":
        session_log.skip(subscription_id, number, actor="customer", now=now)
    else:
        on = today(now) if said == "today" else taken(DayForm, request.form)["on"]
        session_log.done(subscription_id, number, on, actor="customer", now=now)


def _page(plan: Subscription, number: int, errors: dict[str, str], problem: str = "") -> str:
    day = today(clock.now())
    course = plan.course_on(day)
    if not 1 <= number <= course.sessions:
        raise NotFound(NONE)
    step = course.steps[number - 1]
    return render_template(
        "subscriptions/controls/session.html",
        plan=plan,
        errors=errors,
        problem=problem,
        typed=request.form.get("on", ""),
        too_close=session_log.too_close(course, number, plan.kit.limits.min_weeks) if step.logged_done else "",
        **about(course, step, day),
    )


def about(course: Course, step: Step | None, day: date) -> dict[str, Any]:
    """What pages say of a session beside what was said of it."""
    return {"course": course, "step": step, "today": day, "next": course.next_step(day), "wear": wear(course, day)}


ROUTES = (
    ("/sessions", "sessions", overview, ["GET"]),
    ("/sessions/<int:number>", "session", one, ["GET", "POST"]),
)

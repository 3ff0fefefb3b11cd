"""Saying of a session that it was done, when, or that it is skipped; and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kits.clock import today
from kits.dates import written
from kits.errors import BadInput, NotFound
from subscriptions import plural
from subscriptions.controls.doing import change
from subscriptions.plan.course import Course, Step
from subscriptions.tables import Refill, SessionLog, Subscription


def done(subscription_id: int, number: int, on: date, *, actor: str, now: datetime) -> None:
    """Log a session as done on a day; logging it anew corrects the day. Commits.

    Raises NotFound for a session that the plan has not, BadInput at `on` for
    a day that cannot be, WrongState as `change` does.
    """
    _log(subscription_id, number, on, actor, now)


def skip(subscription_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Leave a session out: it is dropped and moves nothing. Commits. Raises as `done` does."""
    _log(subscription_id, number, None, actor, now)


def undo(subscription_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Take back what was said of a session, as if it had never been. Commits. Twice changes nothing."""

    def write(session: Session, plan: Subscription, _: Sequence[Refill]) -> str:
        if not any(said.number == number for said in plan.log):
            return ""
        mine = SessionLog.subscription_id == plan.id, SessionLog.number == number
        session.execute(delete(SessionLog).where(*mine))
        return f"What you said of session {number} is taken back."

    change(subscription_id, "session_undone", write, actor=actor, now=now, always_told=False)


def too_close(course: Course, number: int, min_weeks: int) -> str:
    """The sentence about a session that was done sooner after the one before than the kit allows; "" otherwise."""
    step, before = course.steps[number - 1], _before(course, number)
    if before is None or step.skipped or (step.day - before.day).days >= 7 * min_weeks:
        return ""
    apart = (step.day - before.day).days
    return (
        f"That was {apart} {'day' if apart == 1 else 'days'} after session {before.number}. Please leave at least "
        f"{plural.weeks(min_weeks)} between sessions; your next one is planned so."
    )


def _log(subscription_id: int, number: int, on: date | None, actor: str, now: datetime) -> None:
    def write(session: Session, plan: Subscription, _: Sequence[Refill]) -> str:
        course = plan.course_on(today(now))
        if not 1 <= number <= course.sessions:
            raise NotFound("Your plan has no such session.")
        if on is not None:
            _check(course, number, on, today(now))
        return _written(session, plan, number, on, now)

    what = "session_skipped" if on is None else "session_done"
    change(subscription_id, what, write, actor=actor, now=now, always_told=False)


def _written(session: Session, plan: Subscription, number: int, on: date | None, now: datetime) -> str:
    said = next((each for each in plan.log if each.number == number), None)
    if said is None:
        plan.log.append(SessionLog(number=number, done_on=on, logged_at=now))
    elif said.done_on == on:
        return ""
    else:
        said.done_on, said.logged_at = on, now
    return f"Session {number} is skipped." if on is None else f"Session {number} was done on {written(on)}."


def _check(course: Course, number: int, on: date, day: date) -> None:
    """Raises BadInput unless the day lies after the session before, before the one after, and not ahead."""
    if on > day:
        raise BadInput("on", "That day has not come yet. Log the session once you have had it.")
    before, after = _before(course, number), _after(course, number)
    if before is not None and on <= before.day:
        raise BadInput("on", f"Session {before.number} is on {written(before.day)}. Log or skip that one first.")
    if after is not None and on >= after.day:
        raise BadInput("on", f"Session {after.number} was done on {written(after.day)}, so this one was before.")


def _before(course: Course, number: int) -> Step | None:
    return next((step for step in reversed(course.steps[: number - 1]) if not step.skipped), None)


def _after(course: Course, number: int) -> Step | None:
    """The next session that its customer said was done."""
    return next((step for step in course.steps[number:] if step.logged_done), None)

"""Moving a refill later, leaving it out, and taking either back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kits.clock import today
from kits.errors import BadInput, NotFound, WrongState
from subscriptions import plural
from subscriptions.billing.reopening import closed_unpaid, come_again, let_go
from subscriptions.controls.doing import change
from subscriptions.controls.outlook import Facts, with_box
from subscriptions.plan.needs import LATEST_WEEKS
from subscriptions.replanning import announce_anew, later_announced, may_return
from subscriptions.tables import CANCELLED, DROPPED, TO_COME, Refill, Subscription

NOT_TO_COME = "This refill is no longer to come, so it cannot be changed."
TOO_FAR = f"Choose up to {LATEST_WEEKS} weeks later."


def said_of_move(number: int, weeks: int) -> str:
    """The sentence that a refill comes so many weeks later, for the mail and the page."""
    later = f"{plural.weeks(weeks)} later than planned"
    return f"Refill {number} comes {later if weeks else 'when it was planned'}."


def said_of_skip(number: int) -> str:
    """The sentence that a refill is left out."""
    return f"Refill {number} is left out: it is neither charged nor sent."


def said_of_send(number: int) -> str:
    """The sentence that it is not left out any more."""
    return f"Refill {number} is sent after all."


def moved(number: int, weeks: int, known: Facts) -> Facts:
    """The plan with a refill so many weeks later than planned; 0 takes it back. Raises BadInput at `weeks`."""
    _check_weeks(weeks)
    return with_box(known, number, later=7 * weeks)


def left_out(number: int, known: Facts) -> Facts:
    """The plan without a refill."""
    return with_box(known, number, left_out=True)


def move(subscription_id: int, number: int, weeks: int, *, actor: str, now: datetime) -> None:
    """Send a refill so many weeks later than planned; 0 takes that back. Commits.

    One that was ordered and not paid is closed at the gateway first, and
    announced anew. Raises BadInput at `weeks`, NotFound, WrongState,
    GatewayError or Busy.
    """
    _check_weeks(weeks)
    let_go(subscription_id, number, now)

    def write(session: Session, plan: Subscription, refills: Sequence[Refill]) -> str:
        refill = _of(refills, number)
        if refill.moved_days == 7 * weeks and refill.state in (*TO_COME, DROPPED):
            return ""
        _to_come(refill)
        refill.moved_days = 7 * weeks
        return said_of_move(number, weeks)

    change(subscription_id, "refill_moved", write, actor=actor, now=now)


def skip(subscription_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Leave a refill out: it is neither charged nor sent. Commits. Raises as `move` does."""
    let_go(subscription_id, number, now)

    def write(session: Session, plan: Subscription, refills: Sequence[Refill]) -> str:
        return said_of_skip(number) if leave_out(refills, number, now) else ""

    change(subscription_id, "refill_skipped", write, actor=actor, now=now)


def leave_out(refills: Sequence[Refill], number: int, now: datetime) -> bool:
    """The refill with this number, of a plan's that are locked, is left out; False when it was. Raises as `skip`."""
    refill = _of(refills, number)
    if refill.skipped_at is not None:
        return False
    _to_come(refill)
    refill.state, refill.skipped_at = CANCELLED, now
    return True


def send_after_all(subscription_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Take back that a refill is left out, while it can still be announced in time. Commits. Raises as `move` does.

    Not once the next one was announced: that takes its place.
    """

    def write(session: Session, plan: Subscription, refills: Sequence[Refill]) -> str:
        refill = _of(refills, number)
        if refill.skipped_at is None:
            return ""
        if refill.state != CANCELLED or plan.last_session < today(now) or later_announced(refill):
            raise WrongState(NOT_TO_COME)
        refill.skipped_at = None
        come_again(refill)
        return said_of_send(number)

    change(subscription_id, "refill_sent_after_all", write, actor=actor, now=now)


def _check_weeks(weeks: int) -> None:
    if not 0 <= weeks <= LATEST_WEEKS:
        raise BadInput("weeks", TOO_FAR)


def _of(refills: Sequence[Refill], number: int) -> Refill:
    found = next((refill for refill in refills if refill.number == number), None)
    if found is None:
        raise NotFound("Your plan has no such refill.")
    return found


def _to_come(refill: Refill) -> None:
    """Make a refill that was let go, or moved beyond the plan's end, one that is to come; raises WrongState for any
    other that is not.
    """
    if refill.moved_days and may_return(refill):
        announce_anew(refill, refill.notice_on)
    if closed_unpaid(refill):
        come_again(refill)
    if refill.state not in TO_COME or refill.order_id is not None:
        raise WrongState(NOT_TO_COME)

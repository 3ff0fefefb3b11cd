"""What a customer can do to a plan, by the real use cases. What the shop refuses in words is no fault of anybody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from kits import clock, host
from kits.errors import RefilleryError
from subscriptions import commands
from subscriptions.controls import changing, pauses, refills, session_log
from subscriptions.controls.doing import taken
from subscriptions.plan.course import Step
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver

ACTOR = "customer"


class Life:
    """One customer with one plan. Each act says whether the shop did it."""

    def __init__(self, driver: Driver, bought: Bought) -> None:
        assert bought.subscription_id is not None
        self.driver, self.bought, self.plan_id = driver, bought, bought.subscription_id

    def log(self, number: int, on: date) -> bool:
        """Say that a session was done on a day."""
        return self._do(session_log.done, number, on)

    def skip_session(self, number: int) -> bool:
        """Leave a session out."""
        return self._do(session_log.skip, number)

    def undo_session(self, number: int) -> bool:
        """Take back what was said of a session."""
        return self._do(session_log.undo, number)

    def move(self, number: int, weeks: int) -> bool:
        """Have a refill later, or with 0 as planned."""
        return self._do(refills.move, number, weeks)

    def leave_out(self, number: int) -> bool:
        """Skip a refill."""
        return self._do(refills.skip, number)

    def have_after_all(self, number: int) -> bool:
        """Take that back."""
        return self._do(refills.send_after_all, number)

    def pause(self, length: int) -> bool:
        """Rest from today for so many days."""
        return self._do(pauses.pause, clock.today(clock.now()) + timedelta(length))

    def end_pause(self) -> bool:
        """Go on today."""
        return self._do(pauses.end_pause)

    def hold(self) -> bool:
        """Stop until further notice."""
        return self._do(pauses.hold)

    def go_on(self) -> bool:
        """Let the plan go on after a hold."""

        def act(plan_id: int, *, actor: str, now: Any) -> None:
            with host.unit() as session:
                pauses.go_on(session, taken(session, plan_id)[0], actor=actor, now=now)

        return self._do(act)

    def change(self, sessions: int, every_weeks: int) -> bool:
        """Have another plan from the session after the next on."""
        return self._do(changing.change_plan, sessions, every_weeks)

    def boxes(self, quantity: int) -> bool:
        """Have so many boxes a refill."""
        return self._do(changing.change_quantity, quantity)

    def end(self) -> bool:
        """End the refills."""
        return self._do(commands.end)

    def card(self, behaves_like: str | None) -> None:
        """Let the saved card act as another test card, or as itself."""
        self.driver.card_behaves(self.bought, behaves_like)

    def steps(self) -> tuple[Step, ...]:
        """The plan's sessions as they stand today."""
        plan = host.session().get_one(Subscription, self.plan_id, populate_existing=True)
        found = plan.course_on(clock.today(clock.now())).steps
        host.end_reads()
        return found

    def _do(self, act: Callable[..., Any], *what: Any) -> bool:
        try:
            act(self.plan_id, *what, actor=ACTOR, now=clock.now())
        except RefilleryError:
            host.end_reads()
            return False
        return True

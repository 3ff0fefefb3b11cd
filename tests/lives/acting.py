"""What a customer can do to a plan, by the real use cases. What the shop refuses in words is no fault of anybody's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from kits import clock, host
from kits.catalogue.notice import notice_in_force
from kits.errors import RefilleryError
from shop.payments.settle import settle_page
from subscriptions import commands
from subscriptions.acknowledging import confirming
from subscriptions.cards import removing
from subscriptions.controls import changing, pauses, refills, session_log
from subscriptions.plan.course import Step
from subscriptions.stops.deciding import decide
from subscriptions.stops.tables import BY_STAFF, BillingStop
from subscriptions.tables import NEEDS_CUSTOMER, Refill, Subscription
from subscriptions.unsent import choosing
from tests.journeys.driving import Bought, Driver
from tests.subscriptions.cards.conftest import Cards, hear

ACTOR = "customer"


class Life:
    """One customer with one plan. Each act says whether the shop did it."""

    def __init__(self, driver: Driver, bought: Bought) -> None:
        assert bought.subscription_id is not None
        self.driver, self.bought, self.plan_id = driver, bought, bought.subscription_id
        self.cards = Cards(driver, bought)
        self._asked: set[tuple[str, str]] = set()

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

    def says_yes(self) -> bool:
        """Confirm the notice in force: a plan on hold goes on, and what waits for a yes may be charged."""
        session, now = host.session(), clock.now()
        plan = session.get_one(Subscription, self.plan_id)
        version = notice_in_force(session, plan.kit_id, clock.today(now)).version
        host.end_reads()
        return self._do(confirming.confirm, version)

    def change(self, sessions: int, every_weeks: int) -> bool:
        """Have another plan from the session after the next on."""
        return self._do(changing.change_plan, sessions, every_weeks)

    def boxes(self, quantity: int) -> bool:
        """Have so many boxes a refill."""
        return self._do(changing.change_quantity, quantity)

    def end(self) -> bool:
        """End the refills."""
        return self._do(commands.end)

    def send_anyway(self, number: int) -> bool:
        """Have a paid refill of a plan that was held or ended sent."""
        return self._do(choosing.send, number)

    def refund(self, number: int) -> bool:
        """Have it refunded instead."""
        return self._do(choosing.refund, number)

    def card_acts(self, behaves_like: str | None, *, backup: bool = False) -> bool:
        """Let the card that pays, or the backup card, act as another test card, or as itself."""
        card = self.cards.plan[2 if backup else 0]
        if card is not None:
            self.driver.sandbox._said("POST", f"cards/{card}", {"behaves_like": behaves_like})
        return card is not None

    def saves_card(self, role: str = "main", card: str = "5555555555554444", expires: str = "") -> bool:
        """Save another card on the gateway's page, and come back."""
        return _allowed(lambda: self.cards.save(role, card, expires))

    def removes_card(self, role: str = "main") -> bool:
        """Take a card out of the plan."""
        return self._do(removing.remove, role)

    def bank_renews(self, expires: str) -> bool:
        """The bank has sent a new card for the one that pays, and tells."""
        card = self.cards.plan[0]
        return card is not None and _allowed(lambda: self.cards.renewed(card, expires))

    def pays_in_person(self, told: Sequence[str] = ("return",)) -> str | None:
        """Pay by hand for what waits for its customer; the number of that refill. The shop hears of it by their
        `return` or by a `webhook`.
        """
        waits = Refill.subscription_id == self.plan_id, Refill.state == NEEDS_CUSTOMER, Refill.order_id.is_not(None)
        found = self.cards.read(select(Refill.order_id, Refill.number).where(*waits))
        return str(found[1]) if found and _allowed(lambda: self._pay(found[0], told)) else None

    def _pay(self, order_id: int, told: Sequence[str]) -> None:
        page = self.driver.pay(self.driver.page(order_id))
        for way in told:
            if way == "return":
                settle_page(page, now=clock.now())
            else:
                hear(page, "checkout.session.completed")

    def is_disputed(self) -> bool:
        """The customer's bank looks into the newest charge; False when it does already, or there is none."""
        return self._by_their_bank("disputes", "charge.dispute.created")

    def is_warned_of(self) -> bool:
        """The customer's bank warns that the newest charge may be fraud."""
        return self._by_their_bank("fraud-warnings", "radar.early_fraud_warning.created")

    def _by_their_bank(self, what: str, event: str) -> bool:
        charges = self.driver.sandbox.charges()
        mine = [each["id"] for each in charges if each["metadata"]["root_order"] == self.bought.number]
        if (what, mine[0]) in self._asked:
            return False
        self._asked.add((what, mine[0]))
        hear(self.driver.sandbox._said("POST", what, {"charge": mine[0]})["id"], event)
        return True

    def staff_decide(self, outcome: str) -> bool:
        """Staff let the plan go on, or end it, after a dispute or a warning."""
        open_one = BillingStop.subscription_id == self.plan_id, BillingStop.ended_at.is_(None)
        found = self.cards.read(select(BillingStop.id).where(*open_one, BillingStop.cause.in_(BY_STAFF)))
        return found is not None and _allowed(lambda: decide(found[0], outcome, actor="staff:1", now=clock.now()))

    def steps(self) -> tuple[Step, ...]:
        """The plan's sessions as they stand today."""
        plan = host.session().get_one(Subscription, self.plan_id, populate_existing=True)
        found = plan.course_on(clock.today(clock.now())).steps
        host.end_reads()
        return found

    def _do(self, act: Callable[..., Any], *what: Any) -> bool:
        return _allowed(lambda: act(self.plan_id, *what, actor=ACTOR, now=clock.now()))


def _allowed(act: Callable[[], Any]) -> bool:
    """Whether the shop did it; False also for what was so already, where the use case says so."""
    try:
        return act() is not False
    except RefilleryError:
        host.end_reads()
        return False

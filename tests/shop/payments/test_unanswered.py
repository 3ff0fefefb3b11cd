"""An answer that was lost leaves a charge whose outcome is unknown, never one that failed; and it does not stay so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from shop.payments.gateway.account import gateway
from shop.payments.gateway.budget import NotYet
from shop.payments.gateway.contract import OutcomeUnknown
from shop.payments.gateway.lists import Span
from shop.payments.gateway.stripe_gateway import _lost, our_errors
from shop.payments.settle import settle_page
from shop.payments.tables import PaymentAttempt
from shop.registers import registers
from shop.sandbox.store import replies
from shop.work import duties
from subscriptions import commands
from tests.journeys.driving import Bought, Driver

Money = Callable[[], dict[str, int]]
CALLS = ["payment_intents.create", "payment_intents.confirm"]


@pytest.fixture
def due(driver: Driver) -> Bought:
    """A plan whose first refill is to be charged now."""
    bought = driver.buy()
    driver.until_due(bought)
    return bought


def mix(driver: Driver, on: str, mode: str) -> None:
    """From now on every call of `on` goes wrong."""
    driver.sandbox._said("POST", "faults", {"on": on, "rates": {mode: 1.0}})


def charge() -> str:
    """What the charge of a saved card has come to after one round of duties."""
    duties.one_round(registers().duties)
    state = host.session().scalars(select(PaymentAttempt.state).where(PaymentAttempt.way == "saved_card")).one()
    host.end_reads()
    return state


def charged_once(driver: Driver, bought: Bought, money: Money) -> None:
    """The gateway took the money for the refill once, and we know."""
    assert driver.refill(bought).state == "paid"
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}
    assert money()["open"] == 0


@pytest.mark.parametrize("on", CALLS)
@pytest.mark.parametrize("mode", ["http_429", "http_409"])
def test_a_lost_try_before_a_refused_one_makes_the_outcome_unknown_until_it_is_asked_for(
    on: str, mode: str, driver: Driver, due: Bought, money: Money
) -> None:
    driver.sandbox.fault(on, "lose_request")
    mix(driver, on, mode)
    assert charge() == "unknown"
    driver.sandbox.clear_faults()
    driver.work()
    charged_once(driver, due, money)


def test_a_request_that_is_still_being_worked_on_has_no_known_outcome(driver: Driver, due: Bought) -> None:
    mix(driver, "payment_intents.confirm", "http_409")
    assert charge() == "unknown"


def test_what_was_refused_at_once_was_not_done(driver: Driver, due: Bought) -> None:
    mix(driver, "payment_intents.confirm", "http_429")
    assert charge() == "started"


def too_early(*, after_a_lost_try: bool) -> None:
    """A request that does not leave, its turn being too far away."""
    with our_errors():
        _lost.set(after_a_lost_try)
        raise NotYet("too early")


def test_a_turn_that_does_not_come_after_a_lost_try_leaves_the_outcome_unknown(app: Any) -> None:
    for lost, error in ((False, NotYet), (True, OutcomeUnknown), (False, NotYet)):
        with pytest.raises(error):
            too_early(after_a_lost_try=lost)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe has forgotten every idempotency key, as it does after a day."""
    monkeypatch.setattr(replies, "KEPT_FOR", -1)


def never_learn(driver: Driver, on: str) -> None:
    """What is asked for is done, and all that we hear of it is nothing."""
    driver.sandbox.fault(on, "lose_response")
    mix(driver, on, "lose_request")
    assert charge() == "unknown"
    driver.sandbox.clear_faults()


@pytest.mark.parametrize("on", CALLS)
def test_a_key_that_stripe_has_forgotten_after_a_day_leads_to_no_second_charge(
    on: str, driver: Driver, due: Bought, money: Money, forgetful: None
) -> None:
    never_learn(driver, on)
    driver.travel(clock.now() + timedelta(hours=25))
    charged_once(driver, due, money)
    made = [
        each
        for each in gateway().intents(Span(clock.now() - timedelta(days=3), clock.now()))
        if "refill" in each.metadata
    ]
    assert [each.paid for each in made] == [True] + [False] * (on == CALLS[0]), "the other one took nothing"


def test_a_charge_whose_intent_was_never_learnt_of_ends_when_its_customer_pays(
    driver: Driver, due: Bought, money: Money, forgetful: None
) -> None:
    never_learn(driver, "payment_intents.create")
    settle_page(driver.pay(driver.page(driver.refill(due).order_id or 0)), now=clock.now())
    charged_once(driver, due, money)


def test_a_charge_whose_intent_was_never_learnt_of_ends_with_the_plan(
    driver: Driver, due: Bought, money: Money, forgetful: None
) -> None:
    never_learn(driver, "payment_intents.create")
    commands.end(due.subscription_id or 0, actor="customer", now=clock.now())
    driver.work()
    assert driver.refill(due).state in ("cancelled", "dropped")
    assert (driver.charges(), money()["open"]) == ({(due.number, "-"): 1}, 0)

"""A customer ends the refills: at once, twice, and while a charge is in flight."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from kits import clock, host
from kits.stock.tables import Reservation
from subscriptions import commands
from tests.journeys.driving import Bought, Driver, days
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import hidden


def end(bought: Bought) -> None:
    assert bought.subscription_id is not None
    commands.end(bought.subscription_id, actor="customer", now=clock.now())


def held() -> int:
    found = len(host.session().scalars(select(Reservation.id).where(Reservation.state == "held")).all())
    host.end_reads()
    return found


def test_ended_refills_are_never_charged(driver: Driver, bought: Bought, subjects: Callable[[], list[str]]) -> None:
    driver.until_due(bought)
    end(bought)
    end(bought)
    driver.travel(clock.now() + days(120))
    assert {refill.state for refill in driver.refills(bought)} == {"cancelled"}
    assert driver.charges() == {(bought.number, "-"): 1}
    assert subjects().count("Your refills have ended") == 1


def test_an_unpaid_refill_order_is_closed_at_stripe_and_its_stock_let_go(driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    assert (driver.refill(bought).state, held()) == ("declined", 3)
    end(bought)
    assert (driver.refill(bought).state, held()) == ("cancelled", 2)
    driver.card_behaves(bought, None)
    driver.travel(clock.now() + days(10))
    assert driver.charges() == {(bought.number, "-"): 1}


def test_what_could_not_be_closed_at_stripe_when_it_was_ended_is_not_charged_later(
    driver: Driver, bought: Bought
) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    driver.sandbox.fault("payment_intents.cancel", "lose_request", times=3)
    end(bought)
    assert driver.refill(bought).state == "declined"
    driver.card_behaves(bought, None)
    driver.travel(clock.now() + days(10))
    refill = driver.refill(bought)
    assert (refill.state, driver.state(refill.order_id), held()) == ("cancelled", "cancelled", 2)
    assert driver.charges() == {(bought.number, "-"): 1}


def test_ending_while_a_charge_is_in_flight_leaves_it_paid_or_cancelled_and_nothing_between(
    driver: Driver, bought: Bought, at_once: Callable[..., list[Any]]
) -> None:
    driver.until_due(bought)
    driver.sandbox.fault("payment_intents.confirm", "delay", seconds=0.6)

    def customer() -> str:
        while driver.refill(bought).order_id is None:
            time.sleep(0.02)
        time.sleep(0.15)
        end(bought)
        return "ended"

    assert at_once([driver.work, customer])[1] == "ended"
    end(bought)
    driver.work()
    first, second = driver.refills(bought)
    assert (first.state, second.state) == ("paid", "cancelled"), "what was paid meanwhile stays paid"
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}


def test_who_ends_a_plan_while_its_payment_is_worked_on_is_told_that_it_has_ended(
    driver: Driver, bought: Bought, client: Visitor
) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    driver.sandbox.fault("payment_intents.cancel", "lose_request", times=3)
    page = f"/orders/{bought.token}/refills/{bought.subscription_id}/end"
    answer = client.post(page, data={"csrf_token": hidden(client.get(page), "csrf_token")})
    assert answer.status_code == 303
    assert "The refills ended on" in client.get(answer.location).text
    driver.travel(clock.now() + days(1))
    assert driver.refill(bought).state == "cancelled"

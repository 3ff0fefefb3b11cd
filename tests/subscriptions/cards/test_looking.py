"""Each card of a running plan is looked at once in four weeks: a removal nobody told of is known before a charge."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kits import clock, host
from subscriptions.cards import looking
from subscriptions.commands import end
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.cards.conftest import Cards

NEEDED = "A card is needed for your refills"


def seen() -> list[object]:
    found = list(host.session().scalars(select(Subscription.card_seen_on).order_by(Subscription.id)))
    host.end_reads()
    return found


def test_a_card_whose_removal_nobody_told_of_is_asked_for_before_the_charge(
    cards: Cards, driver: Driver, bought: Bought, subjects: Callable[[], list[str]]
) -> None:
    driver.work()
    cards.detached(cards.plan[0], told=False)
    driver.travel(clock.now() + days(27))
    assert (NEEDED in subjects(), cards.plan[0] is not None) == (False, True)
    driver.travel(clock.now() + days(1))
    assert (NEEDED in subjects(), cards.plan[0], cards.stops()) == (True, None, [("card", True)])
    assert driver.refill(bought).state == "scheduled"


def test_a_backup_card_is_looked_at_too(cards: Cards, driver: Driver) -> None:
    cards.save("backup")
    driver.work()
    cards.detached(cards.plan[2], told=False)
    driver.travel(clock.now() + days(28))
    assert cards.plan[2] is None


def test_a_turn_looks_at_a_few_and_the_next_goes_on(
    cards: Cards, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "A_TURN", 1)
    driver.buy()
    day = clock.today(clock.now())
    looking.look_round(clock.now())
    assert seen() == [day, None]
    looking.look_round(clock.now())
    assert seen() == [day, day]


def test_while_the_gateway_does_not_answer_the_turn_ends_and_nothing_counts_as_seen(
    cards: Cards, driver: Driver
) -> None:
    driver.sandbox.fault("payment_methods.retrieve", "lose_request", times=3)
    looking.look_round(clock.now())
    assert seen() == [None]
    looking.look_round(clock.now())
    assert seen() == [clock.today(clock.now())]


def test_cards_of_plans_that_have_ended_are_left_alone(cards: Cards, driver: Driver) -> None:
    end(cards.plan_id, actor="customer", now=clock.now())
    looking.look_round(clock.now())
    assert seen() == [None]

"""Plans, logs, holds, moves, cards, declines and time in any order, over two simulated years, held to the rules."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from subscriptions.replanning import replan
from tests.journeys.driving import Driver, days
from tests.lives.acting import Life
from tests.lives.watching import Watch

RUNS, STEPS = 5, 45
SOAK = int(os.environ.get("SOAK_RUNS", "0"))
LENGTH = 730
DECLINES = ("pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds")
WITH_REFILLS = ((6, 4), (8, 3), (10, 2), (10, 3), (10, 4))
numbers, boxes = st.integers(1, 11), st.integers(1, 4)


class AnyLife(RuleBasedStateMachine):
    """One customer at a time: several plans of theirs would only be several runs."""

    driver: Driver
    steps = 0

    @initialize(wish=st.sampled_from(WITH_REFILLS), quantity=st.integers(1, 2))
    def buy(self, wish: tuple[int, int], quantity: int) -> None:
        for sku in (first_kit.ROLLER, first_kit.SERUM):
            self.receive(sku, 3)
        self.watch = Watch(self.driver)
        self.begins = clock.today(clock.now())
        self.life = Life(self.driver, self.driver.buy(sessions=wish[0], every_weeks=wish[1], quantity=quantity))

    @rule(ahead=st.integers(1, 40))
    def time_passes(self, ahead: int) -> None:
        for _ in range(ahead):
            if clock.today(clock.now()) >= self.begins + days(LENGTH):
                return
            self.driver.travel(clock.today(clock.now()) + days(1))
            self.watch.look()

    @rule(number=numbers, ago=st.integers(0, 30))
    def log(self, number: int, ago: int) -> None:
        self.life.log(number, clock.today(clock.now()) - timedelta(ago))

    @rule(number=numbers)
    def skip_session(self, number: int) -> None:
        self.life.skip_session(number)

    @rule(number=numbers)
    def undo_session(self, number: int) -> None:
        self.life.undo_session(number)

    @rule(number=boxes, weeks=st.integers(0, 12))
    def move(self, number: int, weeks: int) -> None:
        self.life.move(number, weeks)

    @rule(number=boxes)
    def leave_out(self, number: int) -> None:
        self.life.leave_out(number)

    @rule(number=boxes)
    def have_after_all(self, number: int) -> None:
        self.life.have_after_all(number)

    @rule(length=st.integers(1, 90))
    def pause(self, length: int) -> None:
        self.life.pause(length)

    @rule()
    def end_pause(self) -> None:
        self.life.end_pause()

    @rule()
    def hold(self) -> None:
        self.life.hold()

    @rule()
    def go_on(self) -> None:
        self.life.go_on()

    @rule(sessions=st.integers(6, 10), weeks=st.integers(2, 4))
    def change(self, sessions: int, weeks: int) -> None:
        self.life.change(sessions, weeks)

    @rule(quantity=st.integers(1, 3))
    def have_boxes(self, quantity: int) -> None:
        self.life.boxes(quantity)

    @rule(card=st.sampled_from([None, None, *DECLINES]))
    def card(self, card: str | None) -> None:
        self.life.card(card)

    @rule(dice=st.integers(1, 12))
    def end(self, dice: int) -> None:
        if dice == 12:
            self.life.end()

    @rule()
    def delivery(self) -> None:
        self.receive(first_kit.SERUM, 5)

    def receive(self, sku: str, units: int) -> None:
        expires = clock.today(clock.now()) + days(900)
        receive(Delivery(sku, f"{sku}-{clock.now():%y%m%d%H%M%S%f}", units, expires), Cause("command", clock.now()))

    @invariant()
    def nothing_is_wrong(self) -> None:
        type(self).steps += 1
        if not hasattr(self, "watch"):
            return
        self.watch.look()
        self.watch.forecast()
        assert self.watch.violations == []

    @invariant()
    def reckoning_anew_changes_nothing(self) -> None:
        if not hasattr(self, "life"):
            return
        before = self.driver.refills(self.life.bought)
        with host.unit() as session:
            replan(session, self.life.plan_id, clock.now())
        assert self.driver.refills(self.life.bought) == before

    def teardown(self) -> None:
        if hasattr(self, "watch"):
            self.watch.settle()
            assert self.watch.violations == []


def test_billing_keeps_its_rules_whatever_a_customer_does_in_whatever_order(
    app: Flask, driver: Driver, engine_name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = type("AnyLifeOf", (AnyLife,), {"driver": driver, "steps": 0})
    plan = settings(
        max_examples=SOAK or RUNS,
        stateful_step_count=STEPS,
        derandomize=not SOAK,
        phases=[Phase.generate, Phase.shrink] if SOAK else [Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=plan)  # type: ignore[arg-type]
    with capsys.disabled():
        print(json.dumps({"machine": "lives", "engine": engine_name, "steps": machine.steps, "violations": 0}))

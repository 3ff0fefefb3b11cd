"""Plans, logs, holds, moves, cards, declines, prices, disputes and time in any order, over two simulated years, in any
zone and from any day on: held to the rules of billing.
"""

from __future__ import annotations

import itertools
import json
import os
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from kits import clock
from kits.catalogue import first_kit
from kits.errors import RefilleryError
from subscriptions.prices.announcing import NewRefillPrice, announce
from subscriptions.stops.tables import ENDS, GOES_ON
from tests.journeys.driving import days
from tests.lives.acting import Life
from tests.lives.cohort.behaving import DECLINES, printed
from tests.lives.living import AnyLifeAtAll, act
from tests.lives.packing import STAFF, pack
from tests.lives.world import a_world, arrives
from tests.servers.ground import Ground

RUNS, STEPS = 2, 50
"""The first run is always a quiet life."""
SOAK = int(os.environ.get("SOAK_RUNS", "0"))
FAULTS = ("lose_response", "lose_request", "http_500", "http_409", "http_429")
sessions, boxes, seldom = st.integers(1, 11), st.integers(1, 4), st.sampled_from([0, 0, 0, 1])
role = st.sampled_from(["main", "backup"])


class AnyLife(AnyLifeAtAll):
    """What its customers, their banks, the gateway and the staff may do."""

    @act(number=sessions, ago=st.integers(0, 30))
    def log(self, life: Life, number: int, ago: int) -> bool:
        return life.log(number, self.today - timedelta(ago))

    @act(number=sessions)
    def skip_session(self, life: Life, number: int) -> bool:
        return life.skip_session(number)

    @act(number=sessions)
    def undo_session(self, life: Life, number: int) -> bool:
        return life.undo_session(number)

    @act(number=boxes, weeks=st.integers(0, 12))
    def move(self, life: Life, number: int, weeks: int) -> bool:
        return life.move(number, weeks)

    @act(number=boxes)
    def leave_out(self, life: Life, number: int) -> bool:
        return life.leave_out(number)

    @act(number=boxes)
    def have_after_all(self, life: Life, number: int) -> bool:
        return life.have_after_all(number)

    @act(length=st.integers(1, 90))
    def pause(self, life: Life, length: int) -> bool:
        return life.pause(length)

    @act()
    def end_pause(self, life: Life) -> bool:
        return life.end_pause()

    @act()
    def hold(self, life: Life) -> bool:
        return life.hold()

    hold_again = hold_once_more = hold  # plans that rest are where a charge is worst

    @act()
    def say_yes(self, life: Life) -> bool:
        return self.says_yes(life)

    @act()
    def mend(self, life: Life) -> None:
        """All is well again: lives in which something is always wrong would hardly be charged."""
        life.card_acts(None)
        if life.cards.plan[0] is None:
            life.saves_card()
        life.staff_decide(GOES_ON)
        self.says_yes(life)
        arrives(first_kit.SERUM, 3)

    mend_at_last = mend_once_more = mend_for_good = mend

    @act(in_all=st.integers(6, 10), weeks=st.integers(2, 4))
    def change(self, life: Life, in_all: int, weeks: int) -> bool:
        return life.change(in_all, weeks)

    @act(quantity=st.integers(1, 3))
    def have_boxes(self, life: Life, quantity: int) -> bool:
        return life.boxes(quantity)

    @act(kind=st.sampled_from([None, None, *DECLINES]), backup=st.booleans())
    def card_acts(self, life: Life, kind: str | None, backup: bool) -> bool:
        return life.card_acts(kind, backup=backup)

    @act(role=role, card=st.sampled_from(["5555555555554444", "4000000000000341"]), lasts=st.integers(1, 30))
    def save_card(self, life: Life, role: str, card: str, lasts: int) -> bool:
        return life.saves_card(role, card, printed(self.today + relativedelta(months=lasts)))

    @act(role=role)
    def remove_card(self, life: Life, role: str) -> bool:
        return life.removes_card(role)

    @act()
    def bank_renews_card(self, life: Life) -> bool:
        return life.bank_renews(printed(self.today + relativedelta(years=3)))

    @act(told=st.permutations(["return", "webhook"]), both=st.booleans())
    def pay_in_person(self, life: Life, told: list[str], both: bool) -> bool:
        number = life.pays_in_person(told if both else told[:1])
        if number is not None:
            self.watch.by_hand.add((life.bought.number, number))
        return number is not None

    @act(number=boxes, send=st.booleans())
    def choose_about_a_paid_box(self, life: Life, number: int, send: bool) -> bool:
        return life.send_anyway(number) if send else life.refund(number)

    @act(amount=st.sampled_from([4500, 5200, 5900]), ahead=st.integers(0, 60))
    def new_price(self, life: Life, amount: int, ahead: int) -> None:
        new = NewRefillPrice(amount, self.today + days(ahead), f"{clock.now():%y%m%d%H%M%S%f}")
        with suppress(RefilleryError):  # too soon, or nobody is concerned
            announce(first_kit.SLUG, new, actor=STAFF, now=clock.now())

    @act(luck=seldom, warned=st.booleans())
    def dispute(self, life: Life, luck: int, warned: bool) -> bool:
        return luck == 1 and (life.is_warned_of() if warned else life.is_disputed())

    @act(luck=seldom)
    def staff_decide(self, life: Life, luck: int) -> bool:
        return life.staff_decide(ENDS if luck == 1 else GOES_ON)

    @act(mode=st.sampled_from(FAULTS), times=st.sampled_from([4, 1]))
    def gateway_fails(self, life: Life, mode: str, times: int) -> None:
        self.driver.sandbox.fault("payment_intents.confirm", mode, times)

    @act(luck=seldom)
    def end(self, life: Life, luck: int) -> bool:
        return luck == 1 and life.end()

    @act()
    def staff_pack(self, life: Life) -> None:
        pack()

    @act()
    def delivery(self, life: Life) -> None:
        arrives(first_kit.SERUM, 5)


def test_billing_keeps_its_rules_whatever_a_customer_does_in_whatever_order(
    ground: Ground, engine_name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = itertools.count(1)
    world = staticmethod(lambda begins: a_world(ground, engine_name, tmp_path / f"{next(runs)}", begins))
    machine = type("AnyLifeOf", (AnyLife,), {"world": world, "done": Counter()})
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
    told = {name: getattr(machine, name) for name in ("steps", "days_lived", "charges", "violations")}
    with capsys.disabled():
        print(json.dumps({"machine": "lives", "engine": engine_name, **told, "done": machine.done}))

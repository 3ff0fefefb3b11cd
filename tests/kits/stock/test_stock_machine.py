"""All operations on stock in any order, held step by step to the rules in plain Python (`machine/model.py`).

`make soak` runs it for longer, along other ways each time.
"""

from __future__ import annotations

import json
import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.kits.stock.machine.comparing import DAYS, Comparing
from tests.kits.stock.machine.counting import Want
from tests.kits.stock.machine.ordering import Ordering, wants
from tests.kits.stock.machine.shelving import Shelving

RUNS, STEPS = 16, 30
SOAK = int(os.environ.get("SOAK_RUNS", "0"))


class StockMachine(Ordering, Shelving):
    """Begins with something on the shelf, and someone who wants it."""

    @initialize(lasts=st.integers(1, 4), wants=wants)
    def opening(self, lasts: int, wants: list[Want]) -> None:
        self.receive(0, "one", 2, lasts)
        self.receive(0, "two", 3, DAYS)
        self.receive(1, "two", 4, 6)
        self.reserve_for_a_kit(wants)


def test_stock_keeps_its_rules_whatever_is_done_in_whatever_order(
    app: Flask, engine_name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Comparing.steps = 0
    plan = settings(
        max_examples=SOAK or RUNS,
        stateful_step_count=STEPS,
        derandomize=not SOAK,
        phases=[Phase.generate, Phase.shrink] if SOAK else [Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(StockMachine, settings=plan)
    with capsys.disabled():
        print(json.dumps({"machine": "stock", "engine": engine_name, "steps": Comparing.steps, "violations": 0}))

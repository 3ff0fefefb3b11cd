"""What every step of the machine does: the same to the real stock and to the model; then both are compared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from kits import host
from kits.stock.ledger import Cause
from tests.kits.stock.machine.model import Model
from tests.kits.stock.machine.pieces import DONE, Refusals
from tests.kits.stock.machine.real import Real

DAYS, ITEMS = 9, (0, 1)
Thing = TypeVar("Thing")

items, days = st.sampled_from(ITEMS), st.integers(-1, DAYS)
which, few = st.integers(0, 11), st.integers(1, 2)


class Comparing(RuleBasedStateMachine):
    """Real stock and model side by side."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.model, self.real, self.step = Model(), Real.begun(), 0

    @invariant()
    def the_stock_is_what_the_rules_say(self) -> None:
        self.step += 1
        Comparing.steps += 1
        assert self.real.balances() == {batch.id: batch.balances for batch in self.model.batches}
        assert self.real.disagreements() == []
        assert self.real.promises() == self.model.promises()
        assert self.real.figures() == [self.model.figures(item) for item in ITEMS]
        assert self.real.available(range(DAYS)) == [
            [self.model.available(item, until) for until in range(DAYS)] for item in ITEMS
        ]
        host.end_reads()

    def teardown(self) -> None:
        host.end_reads()

    def both(self, refused: Refusals, really: Callable[[], Thing]) -> Thing | None:
        """Do it: refused in one of these ways, or done when there are none."""
        if refused == DONE:
            return really()
        with pytest.raises(tuple(refused)):
            really()
        return None

    def once(self, refused: Refusals, really: Callable[[Cause], object], order: str | None = None) -> None:
        """Do it, twice with one mark: it happens once."""
        cause = self.real.cause(order=order, key=f"form-{self.real.run}-{self.step}")
        self.both(refused, partial(really, cause))
        if refused == DONE:
            really(cause)

    def within(self, work: Callable[[Any], object]) -> None:
        self.real.within(work)

    @staticmethod
    def pick(among: list[Thing], which: int) -> Thing:
        """One of them."""
        return among[which % len(among)]

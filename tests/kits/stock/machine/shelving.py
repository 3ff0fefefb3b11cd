"""What happens on the shelf: received, corrected, in quarantine, counted; and time goes by."""

from __future__ import annotations

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kits.errors import BadInput
from kits.stock.moves import corrections, stock_take
from tests.kits.stock.machine.comparing import Comparing, days, few, items, which

units = st.integers(1, 5)


class Shelving(Comparing):
    """Steps with lots."""

    @rule(item=items, code=st.sampled_from(["one", "two"]), units=units, expires=days)
    def receive(self, item: int, code: str, units: int, expires: int) -> None:
        refused = self.model.receive(item, code, units, expires)
        lot = self.both(refused, lambda: self.real.receive(item, code, units, expires))
        for batch in self.model.batches:
            batch.id = batch.id or lot or 0

    @precondition(lambda self: self.model.batches)
    @rule(lot=which, by=st.sampled_from([-2, -1, 0, 1, 2, 3]))
    def adjust(self, lot: int, by: int) -> None:
        batch = self.pick(self.model.batches, lot)
        refused = batch.change(on_hand=by) if by else {BadInput}
        self.once(refused, lambda cause: corrections.adjust(batch.id, by, cause))

    @precondition(lambda self: self.model.batches)
    @rule(lot=which, units=few, into=st.booleans(), away=st.booleans())
    def quarantine_or_throw_away(self, lot: int, units: int, into: bool, away: bool) -> None:
        batch = self.pick(self.model.batches, lot)
        if away:
            refused = batch.change(on_hand=-units, quarantined=0 if into else -units)
            use_case = partial(corrections.write_off, quarantined=not into)
        else:
            refused = batch.change(quarantined=units if into else -units)
            use_case = partial(corrections.quarantine if into else corrections.release)
        self.once(refused, lambda cause: use_case(batch.id, units, cause))
        self.both({BadInput}, lambda: use_case(batch.id, units, self.real.cause(reason=" ")))

    @precondition(lambda self: self.model.batches)
    @rule(
        found=st.lists(st.tuples(which, st.integers(0, 5), st.sampled_from([0, 0, 0, 0, 1])), min_size=1, max_size=2),
        reason=st.sampled_from(["Counted.", "Counted.", "Counted.", ""]),
    )
    def stock_take(self, found: list[tuple[int, int, int]], reason: str) -> None:
        lots = [(self.pick(self.model.batches, lot), units, off) for lot, units, off in found]
        counted = [(batch, batch.balances[0] + off, units) for batch, units, off in lots]
        lines = [stock_take.Counted(batch.id, expected, units) for batch, expected, units in counted]
        refused = self.model.count(counted, reason)
        self.both(refused, lambda: stock_take.take(lines, self.real.cause(reason)))

    @rule(by=st.integers(1, 3))
    def days_go_by(self, by: int) -> None:
        self.model.today += by
        self.real.today += by

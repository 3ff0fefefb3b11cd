"""What happens to orders: promised, let go, set aside, shipped, sent back; and what is kept back for refills."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kits.stock.moves import packing, returns
from kits.stock.promises import commitments, reservations
from tests.kits.stock.machine.comparing import Comparing, days, few, items, which
from tests.kits.stock.machine.counting import Want
from tests.kits.stock.machine.pieces import DONE

wants = st.lists(st.builds(Want, item=items, units=few, until=days), min_size=1, max_size=2)
sources = st.sampled_from(["refill:1", "refill:2"])
parcels = st.dictionaries(items, st.sampled_from([1, 1, 2, 0, -1]), min_size=1)


class Ordering(Comparing):
    """Steps with orders and commitments."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[str] = []

    @rule(wants=wants)
    def reserve_for_a_kit(self, wants: list[Want]) -> None:
        self.reserve(wants, for_refill=False)

    @rule(wants=wants)
    def reserve_for_a_refill(self, wants: list[Want]) -> None:
        self.reserve(wants, for_refill=True)

    def reserve(self, wants: list[Want], *, for_refill: bool) -> None:
        order = f"R-{self.real.run}-{len(self.orders)}"
        refused = self.model.reserve(order, wants, for_refill=for_refill)
        self.both(refused, lambda: self.real.reserve(order, wants, for_refill=for_refill))
        self.orders += [order] if refused == DONE else []

    @precondition(lambda self: self.orders)
    @rule(which=which)
    def release(self, which: int) -> None:
        order = self.pick(self.orders, which)
        self.both(self.model.release(order), lambda: self.within(lambda at: reservations.release(at, order)))

    @precondition(lambda self: self.model.orders("released"))
    @rule(which=which)
    def reserve_again(self, which: int) -> None:
        order = self.pick(self.model.orders("released"), which)
        self.both(self.model.reserve_again(order), lambda: self.real.reserve_again(order))

    @rule(source=sources, wants=wants)
    def commit_to(self, source: str, wants: list[Want]) -> None:
        each = list({want.item: want for want in wants}.values())
        self.model.kept[f"{source}@{self.real.run}"] = each
        self.real.commit_to(f"{source}@{self.real.run}", each)

    @rule(source=sources)
    def withdraw(self, source: str) -> None:
        self.model.kept.pop(f"{source}@{self.real.run}", None)
        self.within(lambda at: commitments.withdraw(at, f"{source}@{self.real.run}"))

    @precondition(lambda self: self.model.orders("held"))
    @rule(which=which)
    def allocate(self, which: int) -> None:
        order = self.pick(self.model.orders("held"), which)
        refused = self.model.set_aside(order)
        self.both(refused, lambda: self.within(lambda at: packing.allocate(at, order, self.real.cause())))

    @precondition(lambda self: self.model.orders("allocated"))
    @rule(which=which, lot=which, all_of_it=st.booleans())
    def put_back(self, which: int, lot: int, all_of_it: bool) -> None:
        order = self.pick(self.model.orders("allocated"), which)
        batch = None if all_of_it else self.pick(self.model.batches, lot)
        self.both(
            self.model.put_back(order, batch),
            lambda: self.within(lambda at: packing.put_back(at, order, self.real.cause(), batch and batch.id)),
        )

    @precondition(lambda self: self.model.orders("held", "allocated"))
    @rule(which=which)
    def ship_all(self, which: int) -> None:
        order = self.pick(self.model.orders("held", "allocated"), which)
        waiting = Counter(unit.item for state in ("held", "allocated") for unit in self.model.of(order, state))
        refused = self.model.ship(order, waiting)
        self.both(refused, lambda: self.within(lambda at: packing.ship(at, order, self.real.cause())))

    @precondition(lambda self: self.model.orders("held", "allocated"))
    @rule(which=which, parcel=parcels)
    def ship_part(self, which: int, parcel: dict[int, int]) -> None:
        order, units = self.pick(self.model.orders("held", "allocated"), which), self.real.parcel(parcel)
        refused = self.model.ship(order, parcel)
        self.both(refused, lambda: self.within(lambda at: packing.ship(at, order, self.real.cause(), units)))

    @precondition(lambda self: any(unit.state == "shipped" for unit in self.model.units))
    @rule(which=which, units=st.sampled_from([1, 1, 2]), what=st.sampled_from(["restock", "inspect", "discard"]))
    def take_back(self, which: int, units: int, what: Any) -> None:
        unit = self.pick([unit for unit in self.model.units if unit.state == "shipped"], which)
        assert unit.batch is not None
        refused = self.model.take_back(unit.order, unit.batch, units, what)
        self.once(refused, lambda cause: returns.take_back(unit.batch.id, units, what, cause), unit.order)

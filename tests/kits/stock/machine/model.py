"""The rules of stock in plain Python, unit by unit: what the real stock is held to.

Every operation returns how it may be refused; when that is nothing, it was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kits.errors import BadInput, SoldOut, WrongState
from tests.kits.stock.machine.counting import Want, can_be_placed, slack
from tests.kits.stock.machine.pieces import DONE, Batch, Refusals, Unit

BOUND = ("held", "allocated")


@dataclass
class Model:
    """All stock, all promises, and the day."""

    today: int = 0
    batches: list[Batch] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    kept: dict[str, list[Want]] = field(default_factory=dict)
    returned: dict[tuple[str, Batch], int] = field(default_factory=dict)

    def receive(self, item: int, code: str, units: int, expires: int) -> Refusals:
        """Only what is good tomorrow is received, and a lot has one expiry. A new lot's id is set by the caller."""
        known = [each for each in self.batches if (each.item, each.code) == (item, code)]
        if expires <= self.today or any(each.expires != expires for each in known):
            return {BadInput}
        if not known:
            known = [Batch(0, item, code, expires)]
            self.batches += known
        return known[0].change(on_hand=units)

    def reserve(self, order: str, wants: Sequence[Want], *, for_refill: bool = False) -> Refusals:
        """All or nothing, and no earlier promise suffers."""
        if not self.fits(wants, for_refill=for_refill):
            return {SoldOut}
        self.units += [Unit(order, want.item, want.until) for want in wants for _ in range(want.units)]
        return DONE

    def release(self, order: str) -> Refusals:
        """What is only held is let go; what is set aside or shipped is not."""
        for unit in self.of(order, "held"):
            unit.state = "released"
        return DONE

    def reserve_again(self, order: str) -> Refusals:
        """What was released is promised as if it were asked for anew."""
        units = self.of(order, "released")
        if not self.fits([Want(unit.item, 1, unit.until) for unit in units]):
            return {SoldOut}
        for unit in units:
            unit.state = "held"
        return DONE

    def set_aside(self, order: str) -> Refusals:
        """All that is held, each unit from the lot that expires first of those that last."""
        return self._set_aside(self._chosen(self.of(order, "held")))

    def _set_aside(self, chosen: list[tuple[Unit, Batch | None]]) -> Refusals:
        if any(batch is None for _, batch in chosen):
            return {SoldOut}
        for unit, batch in chosen:
            if batch is not None:
                batch.change(set_aside=1)
                unit.state, unit.batch = "allocated", batch
        return DONE

    def _chosen(self, units: list[Unit]) -> list[tuple[Unit, Batch | None]]:
        chosen: list[tuple[Unit, Batch | None]] = []
        for unit in sorted(units, key=lambda unit: -unit.until):
            taken = [batch for _, batch in chosen]
            last = max(unit.until, self.today)
            lasting = [
                each
                for each in self.batches
                if each.item == unit.item and each.expires >= last and each.free > taken.count(each)
            ]
            chosen.append((unit, min(lasting, key=lambda batch: (batch.expires, batch.id), default=None)))
        return chosen

    def put_back(self, order: str, batch: Batch | None = None) -> Refusals:
        """What was set aside, of one lot or all, is held again."""
        for unit in self.of(order, "allocated"):
            if unit.batch is not None and batch in (None, unit.batch):
                unit.batch.change(set_aside=-1)
                unit.state, unit.batch = "held", None
        return DONE

    def ship(self, order: str, parcel: Mapping[int, int]) -> Refusals:
        """What is set aside leaves, first expired first; what the parcel lacks is set aside before."""
        lacking: list[Unit] = []
        refused: Refusals = set()
        for item, units in parcel.items():
            ready = self._first_to_leave(order, item)
            held = sorted((unit for unit in self.of(order, "held") if unit.item == item), key=lambda unit: -unit.until)
            if not 0 <= units <= len(ready + held):
                return {BadInput, SoldOut, WrongState}
            lacking += held[: max(0, units - len(ready))]
            refused |= {WrongState for unit in ready[:units] if unit.batch and unit.batch.expires < self.today}
        if not (refused := refused | {SoldOut for _, batch in self._chosen(lacking) if batch is None}):
            self._set_aside(self._chosen(lacking))
            self._leave([unit for item, units in parcel.items() for unit in self._first_to_leave(order, item)[:units]])
        return refused

    def _leave(self, units: list[Unit]) -> None:
        for unit in units:
            assert unit.batch is not None
            unit.batch.change(on_hand=-1, set_aside=-1)
            unit.state = "shipped"

    def _first_to_leave(self, order: str, item: int) -> list[Unit]:
        ready = [(unit, unit.batch) for unit in self.of(order, "allocated") if unit.item == item and unit.batch]
        return [unit for unit, _ in sorted(ready, key=lambda pair: (pair[1].expires, pair[1].id, -pair[0].until))]

    def take_back(self, order: str, batch: Batch, units: int, what: str) -> Refusals:
        """No more than the order still has of the lot; what has expired is not for anyone else."""
        have = sum(unit.batch is batch for unit in self.of(order, "shipped")) - self.returned.get((order, batch), 0)
        if not 1 <= units <= have or (what == "restock" and batch.expires < self.today):
            return {BadInput}
        self.returned[order, batch] = self.returned.get((order, batch), 0) + units
        batch.change(on_hand=units, quarantined=units if what == "inspect" else 0)
        return batch.change(on_hand=-units) if what == "discard" else DONE

    def count(self, counted: Sequence[tuple[Batch, int, int]], reason: str) -> Refusals:
        """Lot, what the books said, what was counted: all of it or nothing."""
        if len({batch for batch, _, _ in counted}) < len(counted):
            return {BadInput}
        refused: Refusals = set()
        for batch, expected, units in counted:
            on_hand, set_aside, quarantined = batch.balances
            refused |= {WrongState} if expected != on_hand else set()
            refused |= {BadInput} if units < set_aside + quarantined or (units != expected and not reason) else set()
        for batch, expected, units in counted if not refused else ():
            batch.change(on_hand=units - expected)
        return refused

    def of(self, order: str, state: str) -> list[Unit]:
        """The order's units in this state."""
        return [unit for unit in self.units if (unit.order, unit.state) == (order, state)]

    def orders(self, *states: str) -> list[str]:
        """The orders that have a unit in one of these states."""
        return sorted({unit.order for unit in self.units if unit.state in states})

    def lots(self, item: int) -> list[tuple[int, int]]:
        """Expiry and free units."""
        return [(batch.expires, batch.free) for batch in self.batches if batch.item == item]

    def owed(self, item: int, *, for_refill: bool = False) -> list[int]:
        """The last days of all that is promised of what is free, a unit each; and of what expired set aside."""
        owed = [unit.until for unit in self.units if unit.item == item and self._is_owed(unit)]
        kept = [want for wants in self.kept.values() for want in wants if want.item == item]
        return owed + ([] if for_refill else [want.until for want in kept for _ in range(want.units)])

    def _is_owed(self, unit: Unit) -> bool:
        aside = unit.state == "allocated" and unit.batch is not None
        return unit.state == "held" or (aside and unit.batch.expires < self.today)

    def fits(self, wants: Iterable[Want], *, for_refill: bool = False) -> bool:
        """Day by day: what must last until then fits the stock that does."""
        untils = [(want.item, want.until) for want in wants for _ in range(want.units)]
        by_item = {item: [until for which, until in untils if which == item] for item, _ in untils}
        return all(self._fits(item, mine, for_refill) for item, mine in by_item.items())

    def _fits(self, item: int, untils: list[int], for_refill: bool) -> bool:
        lots, owed = self.lots(item), self.owed(item, for_refill=for_refill)
        days = range(self.today, max(self.today, *untils) + 1)
        fits = all(slack(lots, owed + untils, day, self.today) >= 0 for day in days)
        if can_be_placed(lots, owed, self.today):  # then a plain search must say the same
            assert fits == can_be_placed(lots, owed + untils, self.today)
        return fits

    def available(self, item: int, until: int) -> int:
        """How many units could still be promised to last until a day."""
        lots, owed = self.lots(item), self.owed(item)
        return max(0, min(slack(lots, owed, day, self.today) for day in range(self.today, max(until, self.today) + 1)))

    def promises(self) -> Counter[tuple[str, int, int, str, int | None]]:
        """Units by order, item, last day, state and lot id."""
        return Counter(
            (unit.order, unit.item, unit.until, unit.state, unit.batch and unit.batch.id) for unit in self.units
        )

    def figures(self, item: int) -> dict[str, int]:
        """The figures of an item, lot by lot and unit by unit."""
        mine = [batch for batch in self.batches if batch.item == item]
        held, aside = ([unit for unit in self.units if (unit.item, unit.state) == (item, state)] for state in BOUND)
        found = {
            "on_hand": sum(batch.balances[0] for batch in mine),
            "quarantined": sum(batch.balances[2] for batch in mine),
            "expired": sum(batch.balances[0] - batch.balances[2] for batch in mine if batch.expires < self.today),
            "reserved": len(held) + len(aside),
            "committed": sum(want.units for wants in self.kept.values() for want in wants if want.item == item),
        }
        bound = sum(found.values()) - found["on_hand"]
        lots, owed = self.lots(item), self.owed(item)
        short = [-slack(lots, owed, day, self.today) for day in range(self.today, max([self.today, *owed]) + 1)]
        return {**found, "available": max(0, found["on_hand"] - bound), "missing": max(0, *short)}

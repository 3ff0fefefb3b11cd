"""What the model is made of: lots, and the single units that orders were promised. Days and items are numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from kits.errors import RefilleryError, SoldOut

Refusals = set[type[RefilleryError]]
"""How an operation may be refused; when that is nothing, it was done."""
DONE: Refusals = set()


@dataclass(eq=False)
class Batch:
    """A lot: what happened to it, as changes of what is on hand, set aside and in quarantine."""

    id: int
    item: int
    code: str
    expires: int
    changes: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def balances(self) -> tuple[int, int, int]:
        """On hand, and of that set aside and in quarantine."""
        on_hand, set_aside, quarantined = (sum(column) for column in zip((0, 0, 0), *self.changes, strict=True))
        return on_hand, set_aside, quarantined

    @property
    def free(self) -> int:
        """Neither set aside nor in quarantine."""
        on_hand, set_aside, quarantined = self.balances
        return on_hand - set_aside - quarantined

    def change(self, on_hand: int = 0, set_aside: int = 0, quarantined: int = 0) -> Refusals:
        """Nothing falls below 0, and what is set aside or in quarantine is there."""
        self.changes.append((on_hand, set_aside, quarantined))
        if min(self.free, *self.balances) < 0:
            self.changes.pop()
            return {SoldOut}
        return DONE


@dataclass(eq=False)
class Unit:
    """One piece that an order was promised; `batch` once it is set aside."""

    order: str
    item: int
    until: int
    state: str = "held"
    batch: Batch | None = None

"""Events that come late, twice, and not in the order in which things happened, as Stripe's do."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Disorder:
    """Each event is put off with the chance `delay`, and sent once more with the chance `duplicate`.

    Both by up to `seconds` of real time, so that later ones overtake it. The same `seed` draws the same.
    """

    duplicate: float = 0.0
    delay: float = 0.0
    seconds: float = 0.0
    seed: int | None = None
    _chance: random.Random = field(init=False, repr=False)
    _last: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - chance, not secrecy

    def as_json(self) -> dict[str, Any]:
        """As it was asked for."""
        return {name: getattr(self, name) for name in ("duplicate", "delay", "seconds", "seed")}

    def drawn(self, delivery: int) -> tuple[float, float]:
        """In how many seconds a delivery is made, and made once more; 0 is at once, and not at all.

        Each is drawn for once, the first time that it is due: one that was put off goes out then.
        """
        if delivery <= self._last or not (self.duplicate or self.delay):
            return 0.0, 0.0
        self._last = delivery
        late, twice = (self._some(chance) for chance in (self.delay, self.duplicate))
        return late, twice

    def _some(self, chance: float) -> float:
        seconds = self._chance.uniform(0.01, max(0.01, self.seconds))
        return seconds if self._chance.random() < chance else 0.0

"""A cohort lives through its plans: who they are, what they do and what goes wrong is drawn from one seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from kits import clock, host
from kits.catalogue import first_kit
from kits.clock import today
from kits.errors import SoldOut
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from subscriptions.tables import Subscription
from tests.journeys.driving import Driver
from tests.lives.acting import Life
from tests.lives.watching import Watch

ARRIVE_WITHIN = 240
"""Days in which the cohort buys, so that all of them finish within two years."""
WITH_REFILLS = ((6, 4), (8, 3), (10, 2), (10, 3), (10, 4))
DECLINES = ("pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds")
SOLD_OUT, SHORT = 0.12, 0.2
"""Of the months: nothing is delivered, or half of what is wanted."""


@dataclass
class Cohort:
    """The customers of a simulation and what is to happen, by its day."""

    driver: Driver
    chance: random.Random
    size: int
    begins: date
    lives: list[Life] = field(default_factory=list)
    ahead: dict[date, list[Callable[[], object]]] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)

    def plan(self) -> None:
        """Draw the days on which customers buy and stock arrives."""
        for _ in range(self.size):
            self.on(self.begins + timedelta(self.chance.randrange(ARRIVE_WITHIN)), self.buys)
        for month in range(26):
            self.on(self.begins + timedelta(30 * month), self.delivery)

    def on(self, day: date, act: Callable[[], object]) -> None:
        """Let something happen on a day."""
        self.ahead.setdefault(day, []).append(act)

    def live(self, day: date) -> None:
        """All that happens on a day."""
        for act in self.ahead.pop(day, ()):
            act()

    def buys(self) -> None:
        """A customer buys, or comes back tomorrow when there is nothing left; then their life is drawn."""
        sessions, weeks = self.chance.choice(WITH_REFILLS)
        try:
            life = Life(self.driver, self.driver.buy(sessions=sessions, every_weeks=weeks))
        except SoldOut:
            self.did["came back another day"] += 1
            self.on(today(clock.now()) + timedelta(1), self.buys)
            return
        self.lives.append(life)
        for day, name, act in drawn(self.chance, life):
            self.on(day, lambda name=name, act=act: self._do(name, act))

    def delivery(self) -> None:
        """A month's stock arrives: as much as is wanted, half of it, or none."""
        luck = self.chance.random()
        units = 0 if luck < SOLD_OUT else self.size // (12 if luck < SHORT else 4)
        expires = today(clock.now()) + timedelta(900)
        for sku in (first_kit.ROLLER, first_kit.SERUM) if units else ():
            why = Cause("command", clock.now())
            receive(Delivery(sku, f"{sku}-{today(clock.now()):%y%m%d}", units, expires), why)

    def _do(self, name: str, act: Callable[[], object]) -> None:
        self.did[name] += act() is not False


def drawn(chance: random.Random, life: Life) -> Iterator[tuple[date, str, Callable[[], object]]]:
    """What one customer will do, and their card: the day, what it is called, and the act."""
    for step in life.steps():
        luck, late = chance.random(), timedelta(chance.randint(1, 20))
        if luck < 0.45:
            yield step.day, "sessions logged on their day", lambda n=step.number, on=step.day: life.log(n, on)
        elif luck < 0.6:
            yield step.day + late, "sessions logged late", lambda n=step.number, on=step.day + late: life.log(n, on)
        elif luck < 0.65:
            yield step.day, "sessions skipped", lambda n=step.number: life.skip_session(n)
    first = life.steps()[0].day
    some_day = lambda: first + timedelta(chance.randint(5, 200))  # noqa: E731 - a die
    for share, name, act in _wishes(chance, life):
        if chance.random() < share:
            yield some_day(), name, act
    yield from _of_the_card(chance, life, first)
    if chance.random() < 0.06:
        day = some_day()
        yield day, "plans held", life.hold
        yield day + timedelta(chance.randint(10, 60)), "plans that went on", life.go_on
    if chance.random() < 0.05:
        yield some_day(), "plans ended early", life.end


def _wishes(chance: random.Random, life: Life) -> list[tuple[float, str, Callable[[], object]]]:
    weeks, length = chance.randint(1, 12), chance.randint(7, 56)
    return [
        (0.12, "refills moved", lambda: life.move(1, weeks)),
        (0.05, "refills left out", lambda: life.leave_out(chance.randint(1, 2))),
        (0.08, "pauses", lambda: life.pause(length)),
        (0.05, "plans changed", lambda: life.change(*chance.choice(WITH_REFILLS))),
    ]


def _of_the_card(chance: random.Random, life: Life, first: date) -> Iterator[tuple[date, str, Callable[[], object]]]:
    if chance.random() >= 0.15:
        return
    day, declines = first + timedelta(chance.randint(60, 150)), chance.choice(DECLINES)
    yield day, "cards that declined", lambda: life.card(declines)
    if chance.random() < 0.85:
        yield day + timedelta(chance.randint(3, 40)), "cards mended", lambda: life.card(None)


def lived(driver: Driver, size: int, length: int, seed: int, told: Callable[[int], None]) -> tuple[Cohort, Watch]:
    """Let `size` customers live for `length` days; `told` hears each day's number."""
    cohort = Cohort(driver, random.Random(seed), size, today(clock.now()))
    watch = Watch(driver)
    cohort.plan()
    for number in range(length):
        cohort.live(cohort.begins + timedelta(number))
        driver.travel(cohort.begins + timedelta(number + 1))
        watch.look()
        if number % 30 == 0:
            watch.forecast()
        told(number + 1)
    watch.settle()
    return cohort, watch


def plans() -> list[Subscription]:
    """All plans with their refills, for counting; end the reads afterwards."""
    return list(host.session().scalars(select(Subscription).order_by(Subscription.id)))

"""A cohort lives through its plans: who they are, what they do and what goes wrong is drawn from one seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from kits import clock
from kits.catalogue import first_kit
from kits.catalogue.notice import NewNotice, publish
from kits.clock import today
from kits.errors import BadInput, SoldOut
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from subscriptions.prices.announcing import NewRefillPrice, announce
from tests.journeys.driving import Driver, morning
from tests.lives.acting import Life
from tests.lives.cohort.answering import Answers
from tests.lives.cohort.behaving import Customer, drawn
from tests.lives.packing import HOUSEWORK, STAFF, pack
from tests.lives.rules.watching import Watch

ARRIVE_WITHIN = 240
"""Days in which the cohort buys, so that all of them finish within two years."""
COMES_BACK, LOSES_PATIENCE = timedelta(7), 6
SOLD_OUT, SHORT = 0.12, 0.2
"""Of the months: nothing is delivered, or half of what is wanted."""
NEW_PRICE, NEW_NOTICE = 200, 300
"""The days on which a higher refill price is announced, and a new version of the notice is published."""
MOST_ROUNDS = 2000


@dataclass
class Cohort:
    """The customers of a simulation and what is to happen, by its day."""

    driver: Driver
    chance: random.Random
    size: int
    begins: date
    watch: Watch
    lives: dict[int, Life] = field(default_factory=dict)
    ahead: dict[date, list[Callable[[], object]]] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)

    def plan(self) -> None:
        """Draw the days on which customers buy and stock arrives."""
        for _ in range(self.size):
            customer = Customer.drawn(self.chance)
            self.on(self.begins + timedelta(self.chance.randrange(ARRIVE_WITHIN)), lambda who=customer: self.buys(who))
        for month in range(26):
            self.on(self.begins + timedelta(30 * month), lambda month=month: self.delivery(month))
        self.on(self.begins + timedelta(NEW_PRICE), self.new_price)
        self.on(self.begins + timedelta(NEW_NOTICE), self.new_notice)

    def on(self, day: date, act: Callable[[], object]) -> None:
        """Let something happen on a day; today still, when that has passed."""
        self.ahead.setdefault(max(day, today(clock.now())), []).append(act)

    def will(self, day: date, name: str, act: Callable[[], object]) -> None:
        """Let something happen on a day that is counted under its name if the shop does it."""
        self.on(day, lambda: self._count(name, act()))

    def live(self, day: date) -> None:
        """All that happens on a day."""
        while acts := self.ahead.pop(day, []):
            for act in acts:
                act()
        pack()

    def buys(self, who: Customer, asked: int = 1) -> None:
        """A customer buys, or comes back in a week when there is nothing left; then their life is drawn."""
        day = today(clock.now())
        try:
            bought = self.driver.buy(**who.order(day))  # type: ignore[arg-type]
        except SoldOut:
            lost = asked >= LOSES_PATIENCE
            self.did["customers lost to another shop" if lost else "came back another week"] += 1
            if not lost:
                self.on(day + COMES_BACK, lambda: self.buys(who, asked + 1))
            return
        life = Life(self.driver, bought)
        self.lives[life.plan_id] = life
        for on, name, act in drawn(self.chance, life, who):
            self.will(on, name, act)

    def delivery(self, month: int) -> None:
        """A month's stock arrives: as much as is wanted, half of it, or none; the first month's always does."""
        luck = self.chance.random() if month else 1.0
        share = 0.0 if luck < SOLD_OUT else 0.5 if luck < SOLD_OUT + SHORT else 1.0
        expires = today(clock.now()) + timedelta(900)
        wanted = {first_kit.ROLLER: 6 if month < 12 else 100, first_kit.SERUM: 3.5 if month < 14 else 12}
        for sku, part in wanted.items():
            if units := round(self.size / part * share):
                lot = f"{sku}-{today(clock.now()):%y%m%d}"
                receive(Delivery(sku, lot, units, expires), Cause("command", clock.now()))
        self.did["months without a delivery, or with half of one"] += share < 1

    def new_price(self) -> None:
        """The refill costs three pounds more, in 45 days."""
        day = today(clock.now()) + timedelta(45)
        new = NewRefillPrice(first_kit.REFILL_PRICE + 300, day, "simulated")
        with suppress(BadInput):  # there may be nobody yet who would pay it
            announce(first_kit.SLUG, new, actor=STAFF, now=clock.now())

    def new_notice(self) -> None:
        """The notice changes: who has not read the new one is asked to, with their next advance notice."""
        text = f"{first_kit.NOTICE}\nKeep the roller away from children.\n"
        publish(first_kit.SLUG, NewNotice(text, today(clock.now()), "1"), actor=STAFF, now=clock.now())

    def _count(self, name: str, done: object) -> None:
        self.did[name] += done not in (False, None)


def lived(driver: Driver, size: int, length: int, seed: int, told: Callable[[int], None]) -> tuple[Cohort, Watch]:
    """Let `size` customers live for `length` days; `told` hears each day's number."""
    watch, chance = Watch(driver), random.Random(seed)
    cohort = Cohort(driver, chance, size, today(clock.now()), watch)
    answers = Answers(cohort.lives, chance, cohort.will, watch)
    cohort.plan()
    for number in range(length):
        cohort.live(cohort.begins + timedelta(number))
        driver.travel(morning(cohort.begins + timedelta(number + 1)), work=False)
        driver.work(MOST_ROUNDS, but=HOUSEWORK)
        watch.look()
        watch.late()
        answers.look()
        if number % 60 == 0:
            watch.forecast()
            watch.drift()
        told(number + 1)
    watch.settle()
    return cohort, watch

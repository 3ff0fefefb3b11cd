"""What customers of a simulated cohort do of themselves, and what becomes of their cards: all of it drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tests.lives.acting import Life

WITH_REFILLS = ((6, 4), (8, 3), (8, 4), (10, 2), (10, 3), (10, 4))
DECLINES = {
    "pm_card_chargeDeclinedInsufficientFunds": 45,
    "pm_card_chargeDeclined": 20,
    "pm_card_chargeDeclinedLostCard": 10,
    "pm_card_chargeDeclinedExpiredCard": 8,
    "pm_card_authenticationRequired": 10,
    "pm_card_chargeDeclinedProcessingError": 7,
}
"""How cards that fail do, and how often of a hundred."""

Will = tuple[date, str, Callable[[], object]]
"""The day, what it is called, and the act."""


@dataclass(frozen=True)
class Customer:
    """What a customer wants; `card_lasts` says for how many months their card is still good, if that matters."""

    sessions: int
    every_weeks: int
    quantity: int
    card_lasts: int | None

    @classmethod
    def drawn(cls, chance: random.Random) -> Customer:
        """Somebody."""
        sessions, weeks = chance.choice(WITH_REFILLS)
        lasts = chance.randint(1, 9) if chance.random() < 0.1 else None
        return cls(sessions, weeks, 2 if chance.random() < 0.1 else 1, lasts)

    def order(self, day: date) -> dict[str, object]:
        """The order they place on a day, as `Driver.buy` takes it."""
        wish = {"sessions": self.sessions, "every_weeks": self.every_weeks, "quantity": self.quantity}
        return wish if self.card_lasts is None else {**wish, "expires": printed(self.card_ends(day))}

    def card_ends(self, bought: date) -> date:
        """A day of the last month in which their card is good."""
        return bought + relativedelta(months=self.card_lasts or 0)


def printed(day: date) -> str:
    """A month as it stands on a card."""
    return f"{day:%m/%Y}"


def drawn(chance: random.Random, life: Life, who: Customer) -> Iterator[Will]:
    """What one customer will do, and their card and their bank."""
    first = life.steps()[0].day
    yield from _sessions(chance, life)
    for share, name, act in _wishes(chance, life):
        if chance.random() < share:
            yield _some_day(chance, first), name, act
    yield from _there_and_back(chance, life, first)
    yield from _failing_card(chance, life, first)
    yield from _other_cards(chance, life, first)
    if who.card_lasts is not None:
        yield from _card_that_ends(chance, life, who.card_ends(first))


def _some_day(chance: random.Random, first: date) -> date:
    return first + timedelta(chance.randint(5, 200))


def _sessions(chance: random.Random, life: Life) -> Iterator[Will]:
    for step in life.steps():
        luck, number, late = chance.random(), step.number, step.day + timedelta(chance.randint(1, 20))
        undone = late + timedelta(chance.randint(0, 3))
        if luck < 0.45:
            yield step.day, "sessions logged on their day", lambda n=number, on=step.day: life.log(n, on)
        elif luck < 0.6:
            yield late, "sessions logged late", lambda n=number, on=late: life.log(n, on)
        elif luck < 0.65:
            yield step.day, "sessions skipped", lambda n=number: life.skip_session(n)
        if 0.42 < luck < 0.48 or 0.63 < luck < 0.65:
            yield undone, "sessions undone", lambda n=number: life.undo_session(n)


def _wishes(chance: random.Random, life: Life) -> list[tuple[float, str, Callable[[], object]]]:
    weeks, length = chance.randint(1, 12), chance.randint(7, 56)
    return [
        (0.12, "refills moved", lambda: life.move(1, weeks)),
        (0.05, "refills left out", lambda: life.leave_out(chance.randint(1, 2))),
        (0.08, "pauses", lambda: life.pause(length)),
        (0.05, "plans changed", lambda: life.change(*chance.choice(WITH_REFILLS))),
        (0.04, "quantities changed", lambda: life.boxes(chance.randint(1, 3))),
        (0.05, "plans ended early", life.end),
    ]


def _there_and_back(chance: random.Random, life: Life, first: date) -> Iterator[Will]:
    """What is done and taken back some days later."""
    day, later = _some_day(chance, first), timedelta(chance.randint(1, 12))
    if chance.random() < 0.04:
        yield day, "refills left out", lambda: life.leave_out(1)
        yield day + later, "refills had after all", lambda: life.have_after_all(1)
    if chance.random() < 0.03:
        yield day, "pauses", lambda: life.pause(40)
        yield day + later, "pauses ended early", life.end_pause
    if chance.random() < 0.06:
        yield day, "plans held", life.hold
        yield day + timedelta(chance.randint(10, 60)), "plans that went on", life.says_yes


def _failing_card(chance: random.Random, life: Life, first: date) -> Iterator[Will]:
    if chance.random() >= 0.25:
        return
    day = first + timedelta(chance.randint(40, 180))
    (kind,) = chance.choices(list(DECLINES), weights=list(DECLINES.values()))
    yield day, "cards that began to fail", lambda: life.card_acts(kind)
    if chance.random() < 0.7:
        yield day + timedelta(chance.randint(3, 40)), "cards that work again", lambda: life.card_acts(None)


def _other_cards(chance: random.Random, life: Life, first: date) -> Iterator[Will]:
    if chance.random() < 0.08:
        yield _some_day(chance, first), "backup cards saved", lambda: life.saves_card("backup", "378282246310005")
    if chance.random() < 0.04:
        yield _some_day(chance, first), "cards replaced", life.saves_card
    if chance.random() < 0.04:
        yield _some_day(chance, first), "cards removed", life.removes_card


def _card_that_ends(chance: random.Random, life: Life, ends: date) -> Iterator[Will]:
    """The bank sends a new card and tells, or its customer saves another once we have written, or nobody does."""
    luck, before = chance.random(), ends - timedelta(chance.randint(0, 20))
    if luck < 0.5:
        anew = printed(ends + relativedelta(years=4))
        yield before, "cards renewed by their bank", lambda: life.bank_renews(anew)
    elif luck < 0.8:
        yield before, "cards replaced before they expired", life.saves_card

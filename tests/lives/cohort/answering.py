"""What customers do when the shop has written to them: they say yes, pay, save another card, or do not care."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from kits import clock, host
from subscriptions.stops.tables import CARD, BillingStop
from subscriptions.tables import (
    ACTIVE,
    DECLINED,
    NEEDS_CUSTOMER,
    PAID,
    TO_COME,
    Hold,
    Refill,
    Subscription,
)
from tests.lives.acting import Life
from tests.lives.rules.watching import Watch

Will = Callable[[date, str, Callable[[], object]], None]
Answer = tuple[int, str, Callable[[], object]]
"""In how many days, what it is called, and the act."""


class Answers:
    """Looks each day at what customers have been asked since the last, and draws what they will do."""

    def __init__(self, lives: Mapping[int, Life], chance: random.Random, will: Will, watch: Watch) -> None:
        self._lives, self._chance, self._will, self._watch = lives, chance, will, watch
        self._known: set[tuple[str, int, Any]] = set()

    def look(self) -> None:
        """Draw the answers to what is new."""
        for answer in list(self._asked()):
            if answer is not None:
                in_days, name, act = answer
                self._will(clock.today(clock.now()) + timedelta(in_days), name, act)

    def _asked(self) -> Iterator[Answer | None]:
        open_stop = and_(BillingStop.cause == CARD, BillingStop.ended_at.is_(None))
        held = and_(Hold.until_day.is_(None), Hold.subscription_id == Subscription.id, Subscription.state == ACTIVE)
        yield from self._new("unpaid", Refill.state == NEEDS_CUSTOMER, self._unpaid)
        yield from self._new("declined", Refill.state == DECLINED, self._declined)
        yield from self._new("yes", _wants_a_yes(), self._yes)
        yield from self._new("box", _waits_for_word(), self._box)
        for kind, row, where, draw in (("card", BillingStop, open_stop, self._card), ("hold", Hold, held, self._held)):
            query = select(row.subscription_id, row.id).where(where).order_by(row.id)
            for plan_id, row_id in self._rows(query):
                if self._is_new(kind, row_id, None):
                    yield draw(self._lives[plan_id])

    def _new(
        self, kind: str, where: ColumnElement[bool], draw: Callable[[Life, int], Answer | None]
    ) -> Iterator[Answer | None]:
        query = select(Refill.subscription_id, Refill.id, Refill.number, Refill.notice_id).where(where)
        for plan_id, refill_id, number, notice_id in self._rows(query.order_by(Refill.id)):
            if self._is_new(kind, refill_id, notice_id):
                yield draw(self._lives[plan_id], number)

    def _rows(self, query: Any) -> list[Any]:
        found = list(host.session().execute(query))
        host.end_reads()
        return found

    def _is_new(self, *about: Any) -> bool:
        new = about not in self._known
        self._known.add(about)
        return new

    def _unpaid(self, life: Life, number: int) -> Answer | None:
        luck, in_days = self._chance.random(), self._chance.randint(1, 9)
        if luck < 0.55:
            return in_days, "refills paid in person", lambda: self._pays(life)
        return (in_days, "cards replaced when asked", life.saves_card) if luck < 0.8 else None

    def _pays(self, life: Life) -> bool:
        number = life.pays_in_person()
        if number is not None:
            self._watch.by_hand.add((life.bought.number, number))
        return number is not None

    def _declined(self, life: Life, number: int) -> Answer | None:
        in_days = self._chance.randint(1, 4)
        return (in_days, "cards replaced when asked", life.saves_card) if self._chance.random() < 0.2 else None

    def _yes(self, life: Life, number: int) -> Answer | None:
        in_days = self._chance.randint(0, 6)
        return (in_days, "said yes when asked", life.says_yes) if self._chance.random() < 0.88 else None

    def _box(self, life: Life, number: int) -> Answer | None:
        luck, in_days = self._chance.random(), self._chance.randint(1, 5)
        if luck < 0.5:
            return in_days, "paid boxes sent all the same", lambda: life.send_anyway(number)
        return (in_days, "paid boxes refunded", lambda: life.refund(number)) if luck < 0.9 else None

    def _card(self, life: Life) -> Answer | None:
        in_days = self._chance.randint(1, 12)
        return (in_days, "cards saved when one was needed", life.saves_card) if self._chance.random() < 0.75 else None

    def _held(self, life: Life) -> Answer | None:
        in_days = self._chance.randint(10, 40)
        return (in_days, "plans that went on", life.says_yes) if self._chance.random() < 0.6 else None


def _wants_a_yes() -> ColumnElement[bool]:
    asked = and_(Refill.must_confirm, Refill.confirmed_at.is_(None), Refill.notice_id.is_not(None))
    return and_(asked, Refill.state.in_(TO_COME))


def _waits_for_word() -> ColumnElement[bool]:
    return and_(Refill.state == PAID, Refill.must_confirm, Refill.confirmed_at.is_(None))

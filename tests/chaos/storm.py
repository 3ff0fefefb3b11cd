"""All that can go wrong does, until every refill has come to an end; then it is left alone until it is quiet."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from kits import host
from shop.payments.tables import OPEN, SAVED_CARD, PaymentAttempt, Refund, WebhookEvent
from shop.work.outbox import QUEUED, OutboxMail
from subscriptions.tables import CHARGING, NOTIFIED, Refill
from tests.bench import many
from tests.chaos.paying import Payers
from tests.chaos.right import Kind
from tests.chaos.setting import World

FAULTS = {
    "lose_request": 0.10,
    "lose_response": 0.10,
    "http_500": 0.05,
    "http_409": 0.05,
    "lock_timeout": 0.0495,
    "http_429": 0.0005,
    "delay": 0.25,
}
"""Shares of all requests. After a 429 for its rate all workers pause, longer each time in a row, as they should; most
are the other kind, which says that the object is locked and makes only the one who asked wait. Some are slow, so that
workers are killed, and the database goes away, while money is being taken.
"""
SLOW = 1.0
LATE = {"duplicate": 0.2, "delay": 0.5, "seconds": 12}
"""Later than a lease lasts: else a webhook settles what a killed worker has charged before another looks at it."""
RESTARTS = (1 / 3, 2 / 3)
"""When the database is restarted: after so much of all. The first time in good order, the second time it crashes."""
AWAY = 1.0
LOOK_EVERY, TELL_EVERY = 0.25, 2.0
CALM = 180.0
"""Seconds that it may take, once nothing goes wrong any more, until all is done."""

T = TypeVar("T")


@dataclass
class Storm:
    """What is done to a world for its refills to survive; `restarts` and `seconds` tell what it came to."""

    world: World
    cases: Mapping[int, Kind]
    seed: int
    kill_every: float
    told: Callable[[str], None]
    restarts: int = 0
    seconds: float = 0.0
    message_ids: dict[int, str] = field(default_factory=dict)
    """The Message-IDs of mails as they were first seen."""
    changed: int = 0

    def rage(self, payers: Payers, most: float) -> None:
        """Until every refill has come to an end and all customers have paid, or so many seconds have passed."""
        chance, begun = random.Random(self.seed), time.monotonic()
        self.world.sandbox("POST", "faults", {"on": "*", "rates": FAULTS, "seconds": SLOW, "seed": self.seed})
        self.world.sandbox("POST", "webhooks/disorder", {**LATE, "seed": self.seed})
        self.world.crew.tend()
        payers.start()
        kill_at, tell_at, left = begun + self.kill_every, begun, len(self.cases)
        while (left or payers.waiting) and time.monotonic() < begun + most:
            time.sleep(LOOK_EVERY)
            self.world.crew.tend()
            left = patiently(self._left, left)
            if time.monotonic() >= kill_at:
                self.world.crew.kill(chance)
                kill_at += self.kill_every
            self._restart_when_due(1 - left / len(self.cases))
            if time.monotonic() >= tell_at:
                tell_at += TELL_EVERY
                self._look_at_mails()
                self.told(f"{left} of {len(self.cases)} left, {self.world.crew.killed} workers killed")
        payers.over.set()
        payers.join(60)
        self.seconds = time.monotonic() - begun

    def calm_down(self) -> float:
        """Nothing goes wrong any more: wait until there is nothing left to do, and stop the workers; how long it took.

        Raises nothing when there is something left in the end: that is found by whoever looks.
        """
        begun = time.monotonic()
        self.world.sandbox("DELETE", "faults")
        self.world.sandbox("POST", "webhooks/disorder", {})
        while not patiently(self._is_quiet, False) and time.monotonic() < begun + CALM:
            self.world.crew.tend()
            time.sleep(LOOK_EVERY)
        self._look_at_mails()
        self.world.crew.stop()
        return time.monotonic() - begun

    def _left(self) -> int:
        """How many of the refills have not come to an end."""
        still = select(func.count()).select_from(Refill).where(Refill.state.in_((NOTIFIED, CHARGING)))
        return host.session().scalar(still.where(Refill.number == 1)) or 0

    def _restart_when_due(self, share: float) -> None:
        if self.world.cluster and self.restarts < len(RESTARTS) and share >= RESTARTS[self.restarts]:
            self.world.cluster.restart(crash=self.restarts % 2 == 1, away=AWAY)
            self.restarts += 1
            self.told(f"the database was restarted, the {('first', 'second')[self.restarts - 1]} time")

    def _look_at_mails(self) -> None:
        """Every mail keeps the Message-ID that it was first seen with."""
        rows = select(OutboxMail.id, OutboxMail.message_id).where(OutboxMail.id < many.BASE)
        for mail, message_id in patiently(lambda: host.session().execute(rows).all(), []):
            self.changed += self.message_ids.setdefault(mail, message_id) != message_id

    def _is_quiet(self) -> bool:
        open_charge = PaymentAttempt.state.in_(OPEN), PaymentAttempt.way == SAVED_CARD
        waits = [
            select(Refill.id).where(Refill.state == CHARGING),
            select(PaymentAttempt.id).where(*open_charge),
            select(OutboxMail.id).where(OutboxMail.state == QUEUED),
            select(WebhookEvent.id).where(WebhookEvent.processed_at.is_(None)),
            select(Refund.id).where(Refund.state == "pending"),
        ]
        found = host.session().scalar(select(or_(*(wait.exists() for wait in waits))))
        return not found and not self.world.sandbox("GET", "webhooks")["waiting"]


def patiently(look: Callable[[], T], otherwise: T) -> T:
    """What is found; `otherwise` while the database is away."""
    try:
        found = look()
        host.end_reads()
    except SQLAlchemyError:
        host.session().close()
        return otherwise
    return found

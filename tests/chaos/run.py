"""One run, from a shop that sleeps to the report."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from kits import host
from shop.payments.tables import PaymentAttempt, WebhookEvent
from shop.work.outbox import OutboxMail
from subscriptions.tables import Refill
from tests.bench import many
from tests.chaos.paying import Payers
from tests.chaos.right import Kind
from tests.chaos.setting import World, due
from tests.chaos.storm import Storm
from tests.chaos.verdict import violations

STATES = ("paid", "declined", "needs_customer", "waiting_for_stock")


@dataclass(frozen=True)
class Report:
    """What a run came to: `counts` of what happened, and what was wrong in `violations`."""

    counts: Mapping[str, int | float]
    violations: list[str]

    def table(self) -> list[str]:
        """The counts, a line each."""
        return [f"{name.replace('_', ' '):<36}{value:>12,}" for name, value in self.counts.items()]

    def as_json(self, seed: int) -> str:
        """The last line."""
        return json.dumps({"chaos": "storm", "seed": seed, **self.counts, "violations": len(self.violations)})


@dataclass(frozen=True)
class Asked:
    """How large a run is: so many refills, a worker killed every `kill_every` seconds, `most` seconds in all."""

    refills: int
    seed: int
    kill_every: float = 10.0
    payers: int = 25
    most: float = 3600.0


def run(world: World, asked: Asked, told: Callable[[str], None]) -> Report:
    """Let it rage, let it calm down, and see what is left."""
    cases = due(world, asked.refills)
    storm = Storm(world, cases, asked.seed, asked.kill_every, told)
    payers = Payers(world.app, world.web.url, cases, asked.payers, random.Random(asked.seed))
    storm.rage(payers, asked.most)
    told("the storm is over")
    calm = storm.calm_down()
    found = list(violations(world, storm, payers, cases))
    counts = {
        **_counts(world, storm, payers, cases),
        "seconds": round(storm.seconds, 1),
        "seconds_until_quiet": round(calm, 1),
    }
    host.end_reads()
    return Report(counts, found)


def _counts(world: World, storm: Storm, payers: Payers, cases: Mapping[int, Kind]) -> dict[str, int | float]:
    session = host.session()
    states = Counter(session.scalars(select(Refill.state).where(Refill.number == 1)))
    struck: dict[str, int] = world.sandbox("GET", "faults/struck")
    charges = [each for each in world.sandbox("GET", "charges")["data"] if "refill" in each["metadata"]]
    return {
        "refills": len(cases),
        **{state: states.pop(state, 0) for state in STATES},
        "in_any_other_state": states.total(),
        "paid_in_person": len(payers.paid),
        "charges_at_the_gateway": len(charges),
        "attempts": _count(PaymentAttempt),
        "events": _count(WebhookEvent),
        "mails": session.scalar(select(func.count()).where(OutboxMail.id < many.BASE)) or 0,
        "workers_killed": world.crew.killed,
        "database_restarts": storm.restarts,
        **{f"faults_{mode}": count for mode, count in sorted(struck.items())},
    }


def _count(table: type) -> int:
    return host.session().scalar(select(func.count()).select_from(table)) or 0

"""The chaos run in small: `make chaos` is the same for thousands of refills."""

from __future__ import annotations

from tests.chaos.run import Asked, run
from tests.chaos.setting import a_world
from tests.servers.ground import Ground, unavailable
from tests.servers.postgres import NoPostgres

SMALL = Asked(refills=40, seed=1, kill_every=4.0, payers=2, most=300.0)
LEASE_SECONDS = 3.0


def test_every_refill_ends_right_whatever_goes_wrong(ground: Ground) -> None:
    said: list[str] = []
    try:
        with a_world(ground.nursery.start, lease_seconds=LEASE_SECONDS) as world:
            report = run(world, SMALL, said.append)
            restarts = 2 if world.cluster else 0
    except NoPostgres as error:
        unavailable("PostgreSQL", str(error))
    assert report.violations == [], said
    counts = report.counts
    assert (counts["refills"], counts["paid_in_person"], counts["in_any_other_state"]) == (40, 2, 0)
    assert counts["database_restarts"] == restarts
    assert counts["workers_killed"] >= 2
    assert min(counts[f"faults_{mode}"] for mode in ("http_409", "http_500", "lose_request", "lose_response")) > 0

"""The figures, each reckoned within one run. A figure is a name, a value, its unit and its SQL statements."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import text

from kits import host
from tests.bench import visits
from tests.bench.billing import billing_growth, billing_in_flight, billing_loop
from tests.bench.forecast import forecast
from tests.bench.recall import recall
from tests.bench.setting import Bench
from tests.bench.statements import counted

ROUNDS, PAGES, PURCHASES = 5, 60, 20
Figure = dict[str, Any]


def kit_page(bench: Bench) -> Figure:
    """Requests a second of the kit page over those of the bare page."""
    ours, bare = bench.serve("wsgi:app"), bench.serve("tests.bench.bare:app")
    value = _ratio(visits.kit_page(ours), visits.kit_page(bare), PAGES)
    with counted(host.engine()) as statements:
        bench.app.test_client().get(f"/kits/{visits.SLUG}")
    return {"name": "kit_page", "value": value, "unit": "ratio", "sql": len(statements)}


def purchase(bench: Bench) -> Figure:
    """Purchases a second over those of the bare flow."""
    ours, bare = bench.serve("wsgi:app"), bench.serve("tests.bench.bare:app")
    value = _ratio(visits.our_purchase(ours), visits.bare_purchase(bare), PURCHASES)
    return {"name": "purchase", "value": value, "unit": "ratio", "sql": None}


ALL: dict[str, Callable[[Bench], Figure | Iterable[Figure]]] = {
    each.__name__: each
    for each in (kit_page, purchase, billing_loop, billing_in_flight, billing_growth, forecast, recall)
}
"""Each tells one figure, or several as it goes."""


def _ratio(ours: visits.Visit, bare: visits.Visit, times: int) -> float:
    """The median of several rounds, ours and bare by turns so that both meet the same machine, and both warm."""
    for visit in (ours, bare):
        visits.by_all(visit, visits.WARM_UP)
    _look_after()
    rounds = [visits.per_second(ours, times) / visits.per_second(bare, times) for _ in range(ROUNDS)]
    return round(statistics.median(rounds), 3)


def _look_after() -> None:
    """What a PostgreSQL does by itself on other machines, and this one leaves out: it knows its tables' sizes."""
    with host.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))

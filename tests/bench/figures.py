"""The figures, each reckoned within one run. A figure is a name, a value, its unit and its SQL statements."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import stripe
from sqlalchemy import text

from kits import host
from shop.registers import registers
from shop.work import duties
from tests.bench import plans, visits
from tests.bench.forecast import forecast
from tests.bench.recall import recall
from tests.bench.setting import Bench
from tests.bench.statements import counted

ROUNDS, PAGES, PURCHASES, REFILLS = 3, 40, 12, 100
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


def billing_loop(bench: Bench) -> Figure:
    """Refills billed a second over a bare loop of the same two SDK calls and two committed rows a charge."""
    charge_day = plans.buy(REFILLS)
    bare = _timed(lambda: _bare_loop(bench, REFILLS))
    plans.travel(charge_day - timedelta(days=9))
    plans.travel(charge_day - timedelta(days=1))
    plans.let_it_be(charge_day)
    with counted(host.engine()) as statements:
        ours = _timed(lambda: duties.run_once(registers().duties))
    return {"name": "billing_loop", "value": round(bare / ours, 3), "unit": "ratio", "sql": len(statements) // REFILLS}


ALL: dict[str, Callable[[Bench], Figure | Iterable[Figure]]] = {
    each.__name__: each for each in (kit_page, purchase, billing_loop, forecast, recall)
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


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _bare_loop(bench: Bench, times: int) -> None:
    base = {"api": bench.environment["STRIPE_API_BASE"]}
    intents = stripe.StripeClient(bench.environment["STRIPE_SECRET_KEY"], base_addresses=base).v1.payment_intents
    customer, card = plans.some_card()
    bill: Any = {"amount": 4900, "currency": "gbp", "payment_method_types": ["card"], "customer": customer}
    engine = host.engine()
    for _ in range(times):
        number = {"number": uuid.uuid4().hex}
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO bare_order (number, paid) VALUES (:number, false)"), number)
        intent = intents.create({**bill, "payment_method": card})
        intents.confirm(intent.id, {"payment_method": card, "off_session": True})
        with engine.begin() as connection:
            connection.execute(text("UPDATE bare_order SET paid = true WHERE number = :number"), number)

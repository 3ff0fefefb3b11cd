"""The billing worker: against a bare loop, with many charges in flight, and as plans grow in number."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import requests
import stripe
from sqlalchemy import text

from kits import host
from shop.work import duties
from subscriptions.duties import BILLING_DUTY
from tests.bench import many, plans
from tests.bench.setting import Bench
from tests.bench.statements import counted

BOUGHT, ROUNDS = 40, 3
REFILLS, IN_FLIGHT_REFILLS, DUE = 200, 600, 1000
ANSWER_TIME, REQUESTS, IN_FLIGHT = 0.3, 2, 32
FEW, MANY = 10_000, 1_000_000


def billing_loop(bench: Bench) -> dict[str, Any]:
    """Charges a second of one worker over those of a bare loop: the same two SDK calls and two committed rows each."""
    _bought()
    ratios, statements = [], 0
    for n in range(ROUNDS):
        many.copy(n * REFILLS, (n + 1) * REFILLS - 1, due=True)
        bare = _timed(lambda: _bare_loop(bench, REFILLS))
        with counted(host.engine()) as found:
            ratios.append(bare / _timed(lambda: _bill(REFILLS, duties.in_flight())))
        statements = len(found) // REFILLS
    value = round(statistics.median(ratios), 3)
    return {"name": "billing_loop", "value": value, "unit": "ratio", "sql": statements}


def billing_in_flight(bench: Bench) -> dict[str, Any]:
    """Charges a second of one worker over charges in flight / the gateway's answer times of a charge."""
    _bought()
    many.copy(0, IN_FLIGHT_REFILLS - 1, due=True)
    _slowly(bench, ANSWER_TIME)
    seconds = _timed(lambda: _bill(IN_FLIGHT_REFILLS, IN_FLIGHT))
    could = IN_FLIGHT / (REQUESTS * ANSWER_TIME)
    return {
        "name": "billing_in_flight",
        "value": round(IN_FLIGHT_REFILLS / seconds / could, 3),
        "unit": "ratio",
        "sql": None,
    }


def billing_growth(bench: Bench) -> Iterator[dict[str, Any]]:
    """The time for 1,000 due refills among a million plans over that among ten thousand; the medians of three runs."""
    _bought()
    spent: dict[int, float] = {}
    sql: dict[int, int] = {}
    due = 2 * MANY
    for rest, plans_in_all in ((0, FEW), (FEW, MANY)):
        many.copy(rest, plans_in_all - 1, due=False)
        runs = []
        for _ in range(ROUNDS):
            many.copy(due, due + DUE - 1, due=True)
            due += DUE
            with counted(host.engine()) as found:
                runs.append(_timed(lambda: _bill(DUE, duties.in_flight())))
            sql[plans_in_all] = len(found) // DUE
        spent[plans_in_all] = statistics.median(runs)
    yield {
        "name": "billing_growth",
        "value": round(spent[MANY] / spent[FEW], 3),
        "unit": "ratio",
        "sql": sql[MANY],
    }
    yield {
        "name": "billing_growth_sql",
        "value": round(sql[MANY] / sql[FEW], 3),
        "unit": "ratio",
        "sql": sql[FEW],
    }


def _bought() -> None:
    """A few plans that were really bought, their notices accepted, on the day of their charge; those are charged."""
    charge_day = plans.buy(BOUGHT)
    plans.travel(charge_day - timedelta(days=9))
    plans.travel(charge_day - timedelta(days=1))
    plans.let_it_be(charge_day)
    _bill(BOUGHT, duties.in_flight())  # what is made when it is first needed is made


def _bill(number: int, threads: int) -> None:
    done = duties.run_once([BILLING_DUTY], threads=threads)
    assert done == number, f"{done} of {number} were charged"


def _slowly(bench: Bench, seconds: float) -> None:
    """From now on the sandbox takes so long for each request of a charge."""
    for call in ("create", "confirm"):
        fault = {"on": f"payment_intents.{call}", "mode": "delay", "rate": 1.0, "seconds": seconds}
        requests.post(f"{bench.environment['STRIPE_API_BASE']}/_sandbox/faults", json=fault, timeout=10)


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

"""All workers together keep within what Stripe allows; pages do not wait; a refusal makes every worker pause."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
import stripe
from flask import Flask
from sqlalchemy import select, update

from kits import host
from shop.payments.gateway import budget
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import Unavailable
from shop.work import duties
from shop.work.leases import database_seconds
from shop.work.running import performing
from subscriptions.duties import BILLING_DUTY
from subscriptions.tables import Refill
from tests.bench.statements import counted
from tests.journeys.driving import Driver
from tests.servers.sandbox import Sandbox

LIMIT, WORKERS, EACH = 40, 4, 12
CONFIRM = "POST /v1/payment_intents/*/confirm"


@pytest.fixture
def limited(app: Flask) -> None:
    """Stripe takes 40 requests a second."""
    app.config.update(SHOP_STRIPE_REQUESTS_PER_SECOND=LIMIT, SHOP_STRIPE_ENDPOINT_PER_SECOND=LIMIT)


@pytest.fixture
def as_worker() -> Iterator[None]:
    """What the test does is done by a worker."""
    mark = performing._is_worker.set(True)
    yield
    performing._is_worker.reset(mark)


def _busy() -> list[float]:
    """When each of a worker's requests left."""
    performing._is_worker.set(True)
    left = []
    for _ in range(EACH):
        budget.take(CONFIRM)
        left.append(time.monotonic())
    return left


def closed_for(name: str = budget.ACCOUNT) -> float:
    row = select(budget.RequestBudget.closed_until - database_seconds()).where(budget.RequestBudget.name == name)
    found = host.session().scalar(row)
    host.end_reads()
    return found or 0.0


def test_workers_together_send_no_more_in_a_second_than_stripe_takes(
    app: Flask, limited: None, at_once: Callable[..., list[Any]]
) -> None:
    left = sorted(chain.from_iterable(at_once([_busy] * WORKERS)))
    assert len(left) == WORKERS * EACH
    assert max(sum(moment <= each < moment + 1 for each in left) for moment in left) <= LIMIT
    assert left[-1] - left[0] > (WORKERS * EACH - LIMIT * 0.2) / LIMIT


def test_an_endpoint_has_a_limit_of_its_own(app: Flask, limited: None, as_worker: None) -> None:
    app.config["SHOP_STRIPE_ENDPOINT_PER_SECOND"] = 10
    begun = time.monotonic()
    for _ in range(6):
        budget.take(CONFIRM)
    one = time.monotonic() - begun
    for n in range(6):
        budget.take(f"POST /v1/things{n}")
    assert one > 0.4
    assert time.monotonic() - begun - one < one


def test_turns_are_taken_several_at_a_time(app: Flask, as_worker: None) -> None:
    app.config["SHOP_STRIPE_REQUESTS_PER_SECOND"] = 10_000
    with counted(host.engine()) as statements:
        for _ in range(100):
            budget.take(CONFIRM)
    assert len(statements) < 10


def test_the_requests_of_pages_do_not_wait(app: Flask, limited: None) -> None:
    budget.refused(CONFIRM, "30", None)
    begun = time.monotonic()
    budget.take(CONFIRM)
    assert time.monotonic() - begun < 0.5


def test_a_refusal_makes_workers_pause_longer_each_time(app: Flask, limited: None) -> None:
    pauses = []
    for _ in range(4):
        budget.refused(CONFIRM, None, "global-rate")
        budget.refused(CONFIRM, None, "global-rate")  # of many at once one counts
        pauses.append(closed_for())
        with host.unit() as session:  # the pause is over
            session.execute(update(budget.RequestBudget).values(closed_until=database_seconds() - 1))
    assert pauses[0] <= 1 < pauses[2] <= 4 < 2 * pauses[3] <= 16
    with host.unit() as session:  # a minute has passed
        session.execute(update(budget.RequestBudget).values(closed_until=database_seconds() - 61))
    budget.refused(CONFIRM, None, "global-rate")
    assert closed_for() <= 1


def test_who_would_wait_too_long_takes_no_turn_away_from_others(app: Flask, limited: None, as_worker: None) -> None:
    budget.refused(CONFIRM, "20", "endpoint-rate")
    waits = []
    for _ in range(2 * LIMIT):
        with pytest.raises(Unavailable) as late:
            budget.take(CONFIRM)
        waits.append(late.value.wait)
    assert max(waits) <= 20, "or nobody who comes back then ever finds a turn near enough"
    begun = time.monotonic()
    budget.take("GET /v1/customers")
    assert time.monotonic() - begun < 0.5, "nor one of the account's"


def test_a_pause_gives_no_turn_that_is_taken_to_another(app: Flask, limited: None, as_worker: None) -> None:
    budget.take(CONFIRM)
    with host.unit() as session:  # others have taken the turns of the next four seconds
        session.execute(update(budget.RequestBudget).values(next_at=database_seconds() + 4))
    budget.refused(CONFIRM, None, "global-rate")
    budget._turns(budget.ACCOUNT).forget()
    assert 3.5 < budget._fetch(budget.ACCOUNT, LIMIT)[0] - time.monotonic() <= 4


def test_all_workers_wait_as_long_as_stripe_says(app: Flask, limited: None, another_app: Callable[..., Flask]) -> None:
    budget.refused(CONFIRM, "20", None)
    assert 19 < closed_for() <= 20
    with another_app().app_context():
        performing._is_worker.set(True)
        with pytest.raises(Unavailable) as late:
            budget.take("GET /v1/customers")
    assert 19 < late.value.wait < 21
    performing._is_worker.set(False)


@pytest.mark.parametrize(
    ("reason", "account", "endpoint"),
    [("endpoint-rate", False, True), ("global-concurrency", True, False), ("lock_timeout", False, False)],
)
def test_what_is_refused_is_closed_and_no_more(
    app: Flask, limited: None, reason: str, account: bool, endpoint: bool
) -> None:
    budget.refused(CONFIRM, "9", reason)
    assert (closed_for() > 0, closed_for(CONFIRM) > 0) == (account, endpoint)


def test_a_refused_request_is_noticed_where_it_is_sent(
    app: Flask, limited: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)
    sandbox.fault("customers.create", "http_429")
    with pytest.raises(Unavailable):
        gateway().create_customer("a@example.org", "A", key="one")
    assert closed_for() > 0


def test_a_charge_whose_turn_is_too_far_away_has_not_failed_and_is_taken_again_then(
    driver: Driver, limited: None
) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    budget.refused("POST /v1/payment_intents", "20", "endpoint-rate")
    for _ in range(3):
        with host.unit() as session:  # as if its time had passed
            session.execute(update(Refill).values(free_at=0.0))
        duties.one_round([BILLING_DUTY])
    tried = select(Refill.failures, Refill.free_at - database_seconds()).where(Refill.number == 1)
    failures, wait = host.session().execute(tried).one()
    host.end_reads()
    assert (driver.refill(bought).state, failures) == ("charging", 0)
    assert 15 < wait <= 20


def test_endpoints_are_named_without_ids() -> None:
    named = budget.endpoint_of("post", "https://api.stripe.com/v1/payment_intents/pi_1abc/confirm?x=1")
    assert named == CONFIRM
    assert budget.endpoint_of("get", "http://localhost/v1/radar/early_fraud_warnings/issfr_9") == (
        "GET /v1/radar/early_fraud_warnings/*"
    )

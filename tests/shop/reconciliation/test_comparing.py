"""One comparison: what it reads, what it leaves alone, what it costs, and what a run that is cut off leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import clock, host
from shop.environment import standing
from shop.environment.standing import OtherEnvironment
from shop.environment.tables import Environment
from shop.payments.elsewhere import Came, mark_paid
from shop.payments.gateway.contract import GatewayError
from shop.payments.gateway.stripe_requests import A_PAGE
from shop.payments.tables import Payment, Refund
from shop.reconciliation import passing, running
from shop.reconciliation.comparing import afresh
from shop.reconciliation.mending.repairing import repair
from shop.reconciliation.tables import Comparison, Finding
from shop.watching.reading import look
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver
from tests.shop.payments.giving_back.test_money_back import give
from tests.shop.reconciliation.conftest import charge_by_hand, compare, found, later, the_finding

Read = Callable[[Any], list[Any]]


def test_a_shop_in_order_has_no_finding(driver: Driver, read: Read) -> None:
    bought = [driver.buy() for _ in range(3)]
    driver.until_due(bought[0])
    driver.work()
    give(bought[1])
    driver.work()
    later(driver, days=1)
    outcome = running.compare(running.span(clock.now(), clock.now() - timedelta(days=200)), actor="x", now=clock.now())
    assert (outcome.charges, outcome.refunds) == (len(read(select(Payment.id))), len(read(select(Refund.id))))
    assert (outcome.opened, outcome.still) == (0, 0)
    assert None not in read(select(Payment.compared_in))


def test_what_is_younger_than_half_an_hour_is_no_finding_yet(driver: Driver, at_stripe: Any) -> None:
    charge_by_hand(at_stripe)
    give(driver.buy(), 500)
    assert compare().still == 0
    later(driver, minutes=29)
    assert compare().still == 0
    later(driver, minutes=2)
    assert compare().opened == 2, "the charge, and the refund that nobody sent"


def test_each_comparison_begins_three_days_before_the_end_of_the_last_whole_one(driver: Driver) -> None:
    reached = compare().until
    later(driver, days=30)
    assert running.span(clock.now()).since == reached - timedelta(days=3)


def test_a_worker_compares_daily_and_staff_are_told_what_it_found(
    app: Flask, driver: Driver, at_stripe: Any, read: Read
) -> None:
    charge_by_hand(at_stripe)
    driver.travel(clock.now() + timedelta(days=1))
    assert read(select(Comparison.actor)) == ["duty:reconciliation"]
    assert read(select(Finding.seen_in)) == read(select(Comparison.id))
    driver.travel(clock.now() + timedelta(days=1))
    assert read(select(Comparison.opened).order_by(Comparison.id)) == [1, 0]
    assert _figures()["findings"] == 1


def _figures() -> dict[str, int]:
    figures = look(host.session(), clock.now()).figures
    host.end_reads()
    return dict(figures)


@pytest.mark.parametrize(("days", "figure"), [(1.9, 0), (2.1, 2), (8, 7), (100, 30)])
def test_not_comparing_is_an_alarm(driver: Driver, bought: Bought, days: float, figure: int) -> None:
    compare()
    later(driver, days=days)
    assert _figures()["compared"] == figure


def test_never_having_compared_is_an_alarm_once_something_was_sold(driver: Driver) -> None:
    later(driver, days=3)
    assert _figures()["compared"] == 0
    driver.buy()
    later(driver, days=3)
    assert _figures()["compared"] == 2


def test_without_a_key_there_is_nothing_to_compare(app: Flask, read: Read) -> None:
    app.config["SHOP_STRIPE_SECRET_KEY"] = ""
    running.compare_daily(clock.now())
    assert read(select(Comparison.id)) == []


def test_in_a_copy_nothing_is_compared_or_mended(driver: Driver, at_stripe: Any) -> None:
    charge_by_hand(at_stripe)
    later(driver)
    compare()
    with host.unit() as session:
        session.get_one(Environment, 1).fingerprint = "elsewhere"
    standing.forget()
    with pytest.raises(OtherEnvironment):
        compare()
    with pytest.raises(OtherEnvironment):
        repair(the_finding(), actor="staff:1", now=clock.now(), sure=True)


def test_while_stripe_fails_no_finding_is_closed_and_the_next_run_is_whole(
    driver: Driver, at_stripe: Any, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(afresh, "FIRST_WAIT", 0.0)
    charge = charge_by_hand(at_stripe)
    later(driver)
    compare()
    at_stripe.refunds.create({"charge": charge})
    driver.sandbox.fault("disputes.list", "http_500", times=99)
    with pytest.raises(GatewayError):
        compare()
    assert (len(found()), read(select(Comparison.ended_at))[1]) == (1, None)
    driver.sandbox.clear_faults()
    driver.sandbox.fault("charges.list", "http_429", times=4)
    assert compare().still == 0


def test_each_page_takes_as_many_statements_however_many_rows_it_has(
    driver: Driver, bought: Bought, monkeypatch: pytest.MonkeyPatch
) -> None:
    def statements() -> int:
        with counted(host.engine()) as said:
            compare()
        return len([each for each in said if "SELECT" in each or "UPDATE" in each])

    later(driver)
    compare()
    one = statements()
    for _ in range(4):
        driver.buy()
    later(driver)
    compare()
    assert statements() == one


def test_lists_are_read_page_by_page(driver: Driver, at_stripe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.payments.gateway.stripe_requests.A_PAGE", 2)
    monkeypatch.setattr(passing, "A_BATCH", 2)
    assert A_PAGE == 100
    for _ in range(5):
        charge_by_hand(at_stripe)
    later(driver)
    assert (compare().charges, compare().opened, len(found())) == (5, 0, 5)


def test_our_rows_that_stripe_does_not_list_are_asked_for_batch_by_batch(
    driver: Driver, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "A_BATCH", 2)
    for number in range(3):
        paid = Payment.order_id == driver.buy().order_id
        with host.unit() as session:
            session.execute(update(Payment).where(paid).values(intent_id=f"pi_none_{number}"))
    later(driver)
    assert compare().opened == 6, "three that are missing there, and three that are not known here"
    assert read(select(Comparison.asked)) == [3]


def test_money_that_came_another_way_is_not_looked_for_at_stripe(driver: Driver, read: Read) -> None:
    order = driver.order()
    mark_paid(order.order_id, Came("cash", "till 1", "by hand"), actor="staff:1", now=clock.now())
    later(driver)
    assert (compare().still, read(select(Comparison.asked))) == (0, [0])


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["shop", "reconcile", *words])


def test_the_command_says_in_a_line_what_it_compared_and_fails_while_something_is_open(
    app: Flask, driver: Driver, bought: Bought, at_stripe: Any
) -> None:
    later(driver)
    well = run(app)
    assert (well.exit_code, well.output.count("\n")) == (0, 1)
    assert "Compared 1 charge, 0 refunds and 0 disputes since" in well.output
    charge = charge_by_hand(at_stripe, 1234)
    later(driver)
    said = run(app, "--json")
    told = json.loads(said.output)
    assert (said.exit_code, told["opened"], told["still"]) == (1, 1, 1)
    [finding] = told["findings"]
    assert (finding["about"], finding["kind"]) == (charge, "charge_unknown")
    assert "£12.34" in finding["says"]


def test_the_command_looks_back_as_far_as_it_is_told(app: Flask, driver: Driver, at_stripe: Any) -> None:
    charge_by_hand(at_stripe)
    since = clock.now()
    later(driver, days=90)
    assert run(app).exit_code == 0
    assert run(app, "--since", f"{since:%Y-%m-%d}").exit_code == 1
    assert run(app, "--since", "soon").exit_code == 2


def test_the_command_says_when_stripe_cannot_be_asked(app: Flask, driver: Driver) -> None:
    app.config["SHOP_STRIPE_SECRET_KEY"] = ""
    said = run(app)
    assert said.exit_code == 1
    assert "Set STRIPE_SECRET_KEY" in said.output

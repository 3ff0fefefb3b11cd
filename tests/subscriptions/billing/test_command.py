"""`flask refills bill`: what it would do and why, what it did in a line, and a bar for whoever watches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from kits import clock, host
from kits.stock.tables import Lot
from subscriptions import cli
from subscriptions.tables import Hold, Refill
from tests.journeys.driving import Bought, Driver, days

Run = Callable[..., str]


@pytest.fixture
def run(app: Flask) -> Run:
    """What `flask refills bill …` answers."""

    def bill(*words: str) -> str:
        done = app.test_cli_runner().invoke(args=["refills", "bill", *words])
        assert done.exit_code == 0, done.output
        host.end_reads()
        return done.output

    return bill


def reasons(run: Run) -> dict[str, list[tuple[str, str]]]:
    said = json.loads(run("--dry-run", "--json"))
    return {name: [(row["would"], row["why"]) for row in said[name]] for name in ("refills", "waiting")}


def write(**values: Any) -> None:
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.number == 1).values(**values))


def test_it_says_what_it_did_in_one_line(driver: Driver, bought: Bought, run: Run) -> None:
    driver.until_due(bought)
    assert run() == "1 due, 1 paid.\n"
    assert run() == "0 due, 0 paid.\n"


def test_who_watches_sees_a_bar(driver: Driver, bought: Bought, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.until_due(bought)
    monkeypatch.setattr(cli, "is_watched", lambda: True)
    said = run()
    assert "Charging" in said
    assert said.endswith("1 due, 1 paid.\n")


def test_a_dry_run_says_of_each_refill_what_it_would_do_and_why_and_does_nothing(
    driver: Driver, bought: Bought, run: Run
) -> None:
    driver.until_due(bought)
    charge = ("charge", "its day has come, and its notice was accepted in time")
    assert reasons(run) == {"refills": [charge], "waiting": []}
    assert f"{bought.number} refill 1: £49.00 on card 4242: charge, its day has come" in run("--dry-run")
    assert run("--dry-run").endswith("1 due, 0 waiting, nothing was charged.\n")
    assert driver.charges() == {(bought.number, "-"): 1}
    with host.unit() as session:
        session.execute(update(Lot).values(on_hand=0))
    assert reasons(run)["refills"] == [("wait", "there is no stock that lasts until its last session")]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": "scheduled"}, "its notice is to be accepted by the mail server"),
        ({"state": "scheduled", "notice_id": None}, "its notice is to be written"),
        ({"state": "needs_customer"}, "its customer is to pay in person"),
        ({"must_confirm": True}, "its customer is to say yes first"),
        ({"state": "declined"}, "it was declined, and is tried again later"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_dry_run_says_what_the_others_wait_for(
    driver: Driver, bought: Bought, run: Run, values: dict[str, Any], why: str
) -> None:
    driver.until_due(bought)
    write(**values)
    assert reasons(run) == {"refills": [], "waiting": [("wait", why)]}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_dry_run_says_that_a_plan_is_on_hold(driver: Driver, bought: Bought, run: Run) -> None:
    driver.until_due(bought)
    with host.unit() as session:
        today = clock.today(clock.now())
        about = {"subscription_id": bought.subscription_id, "cause": "customer", "made_at": clock.now()}
        session.add(Hold(from_day=today, until_day=today + days(7), **about))
    assert reasons(run)["waiting"] == [("wait", "its plan is on hold")]

"""Journeys with all that goes wrong in them leave log lines with ids and without anything about a person."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from kits import clock, host
from kits.errors import Busy
from shop import logs
from shop.customers.tables import Customer
from shop.payments import webhooks
from shop.registers import registers
from shop.work import duties
from shop.work.duties import Duty
from shop.work.timetable import Turn
from tests.journeys.driving import Driver
from tests.servers.sandbox import KEY, SECRET
from tests.shop.payments.test_webhooks import event, signed

EMAIL, NAME, STREET = "grace.hopper@navy.example", "A Buyer", "Garden Row"
HEALTH = re.compile(r"pregnan|diabet|allerg|eczema|acne|condition|contraindication|hair|skin|scalp", re.I)


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """All that is logged meanwhile, each line as it was read."""
    written, before = io.StringIO(), logging.getLogger("refillery").level
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.AsJson())
    root = logging.getLogger()
    root.addHandler(handler)
    for name, level in (("refillery", logging.DEBUG), ("stripe", logging.INFO), ("werkzeug", logging.INFO)):
        logging.getLogger(name).setLevel(level)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    logging.getLogger("refillery").setLevel(before)
    for name in ("stripe", "werkzeug"):
        logging.getLogger(name).setLevel(logging.NOTSET)


Lines = Callable[[], list[dict[str, Any]]]


def nothing_personal(found: list[dict[str, Any]]) -> None:
    """No line names a person, a card, a key or anything about health."""
    for line in found:
        said = json.dumps(line)
        for secret in (EMAIL, "@example", NAME, STREET, "SE1 6HA", "4242424242424242", KEY, SECRET):
            assert secret not in said
        assert not re.search(r"[\w.]+@[\w.]+", said), said
        assert not HEALTH.search(line["message"]), said


def test_a_charge_carries_the_ids_of_order_refill_and_attempt(driver: Driver, lines: Lines) -> None:
    bought = driver.buy(email=EMAIL)
    driver.travel(driver.until_due(bought).charge_on)
    refill = driver.refill(bought)
    (line,) = [line for line in lines() if line["message"] == "charge: succeeded"]
    assert (line["refill"], line["order"], line["duty"]) == (refill.id, refill.order_id, "refill")
    assert line["attempt"] > 0
    assert {"time", "level", "logger"} <= set(line)
    nothing_personal(lines())


def test_journeys_with_declines_faults_and_odd_events_name_nobody(driver: Driver, app: Flask, lines: Lines) -> None:
    bought = driver.buy(email=EMAIL)
    refill = driver.until_due(bought)
    driver.sandbox.fault("payment_intents.create", "http_500")
    driver.work()
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.travel(refill.charge_on + timedelta(days=1))
    for number, about in enumerate(("pi_nowhere", "ch_nowhere")):
        webhooks.store(*signed(driver, event(about, "payment_intent.succeeded", number)), now=clock.now())
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:1"
    driver.order(email="second@example.org")
    driver.travel(driver.refill(bought, 2).notice_on + timedelta(days=30), work=False)
    duties.one_round(registers().duties)
    assert len(lines()) > 3
    nothing_personal(lines())


def test_an_error_of_the_database_names_no_values(driver: Driver, lines: Lines) -> None:
    driver.buy(email=EMAIL)
    with host.unit() as session:
        session.execute(insert(Turn).values(name="odd", next_at=clock.now(), free_at=0.0, failures=0))

    def twice(row_id: int, now: object) -> None:
        with host.unit() as session:
            session.execute(insert(Customer).values(email=EMAIL, name=NAME, made_at=clock.now()))
            session.execute(insert(Customer).values(email=EMAIL, name=NAME, made_at=clock.now()))

    duties.one_round([Duty("odd", Turn, lambda now: Turn.name == "odd", twice)])
    (line,) = [line for line in lines() if "error" in line]
    assert line["error"] in line["message"]
    assert any("twice" in frame for frame in line["at"])
    nothing_personal(lines())


@pytest.mark.parametrize(
    "text",
    [
        "mail to grace@navy.example refused",
        "key sk_test_abcdefgh is wrong",
        "whsec_1234abcd",
        "card 4242424242424242",
        "card 4242 4242 4242 4242",
        "5555-5555-5555-4444",
    ],
)
def test_what_looks_like_an_address_a_key_or_a_card_is_taken_out(text: str) -> None:
    assert "[taken out]" in logs.clean(text)
    assert not re.search(r"@|4242|sk_|whsec_|5555", logs.clean(text))


@pytest.mark.parametrize(
    "text", ["order 17: pi_3Abc is unknown", "RF-2027-000123", "2027-04-01T09:00:00.123456", "12.5"]
)
def test_what_is_an_id_stays(text: str) -> None:
    assert logs.clean(text) == text


def test_our_own_sentences_are_told_and_others_by_their_type() -> None:
    assert logs.name_of(Busy("Try again in a minute.")) == "Try again in a minute."
    assert logs.name_of(ValueError(f"{EMAIL} is wrong")) == "ValueError"


def test_ids_hold_within_their_block_alone() -> None:
    def line() -> dict[str, Any]:
        record = logging.LogRecord("refillery", logging.INFO, "x", 1, "a\nb", None, None)
        written = logs.AsJson().format(record)
        assert "\n" not in written
        return json.loads(written)  # type: ignore[no-any-return]

    with logs.about(order=1):
        with logs.about(attempt=2):
            assert (line()["order"], line()["attempt"]) == (1, 2)
        assert "attempt" not in line()
    assert "order" not in line()

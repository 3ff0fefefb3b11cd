"""`flask refills forecast`: reckoned anew, as a table or as JSON."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import host
from kits.catalogue.first_kit import ROLLER, SERUM
from kits.catalogue.tables import Item
from kits.dates import written
from kits.stock.outlook.tables import KeptForecast
from subscriptions.forecast.telling import ago
from tests.journeys.driving import Bought, Driver


def said(app: Flask, *words: str) -> str:
    answer = app.test_cli_runner().invoke(args=["refills", "forecast", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_each_item_is_told_with_what_is_left_and_its_weeks(app: Flask, bought: Bought) -> None:
    items = {item["sku"]: item for item in json.loads(said(app, "--json"))["items"]}
    serum = items[SERUM]
    assert (set(items), serum["name"], serum["left"]) == ({ROLLER, SERUM}, "Serum, three months", 20)
    assert (serum["runs_out_on"], serum["order"], len(serum["weeks"])) == (None, None, 52)
    assert set(serum["weeks"][0]) == {"week_of", "opening", "arriving", "wanted", "expiring", "left"}


def test_what_is_to_be_ordered_is_told_with_its_day(app: Flask, driver: Driver, runs_out: date) -> None:
    with host.unit() as session:
        session.execute(update(Item).values(pack_size=10, lead_days=7))
    [serum] = [item for item in json.loads(said(app, "--json"))["items"] if item["sku"] == SERUM]
    by = (runs_out - timedelta(days=7)).isoformat()
    assert serum["runs_out_on"] == runs_out.isoformat()
    assert serum["order"] == {"quantity": 10, "order_by": by, "needed_by": runs_out.isoformat(), "late": False}


def test_the_table_begins_with_what_is_to_be_ordered_first(app: Flask, runs_out: date) -> None:
    heading, first, second = said(app).splitlines()
    assert heading.split() == ["SKU", "Item", "Left", "Runs", "out", "on", "Order"]
    assert first.startswith(f"{SERUM}    Serum, three months")
    assert f"{written(runs_out)}  4 by {written(runs_out - timedelta(days=14))}" in first
    assert second.split()[-4:] == ["not", "this", "year", "nothing"]


def test_an_order_that_is_late_says_so(app: Flask, kit: str) -> None:
    with host.unit() as session:
        session.execute(update(Item).where(Item.sku == SERUM).values(safety_stock=5))
    assert said(app).splitlines()[1].endswith("5 at once: late")


def test_a_shop_without_items_says_what_comes_next(app: Flask) -> None:
    assert said(app) == "There is no item yet. A kit brings its items.\n"


def test_it_does_not_read_what_was_kept(app: Flask, stocked: str) -> None:
    assert host.session().scalars(select(KeptForecast)).all() == []
    host.end_reads()
    assert len(json.loads(said(app, "--json"))["items"]) == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "just now"), (60, "1 minute ago"), (7199, "1 hour ago"), (7200, "2 hours ago"), (200_000, "2 days ago")],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str, now: datetime) -> None:
    assert ago(now - timedelta(seconds=seconds), now) == words

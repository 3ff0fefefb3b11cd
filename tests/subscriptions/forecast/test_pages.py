"""The forecast's pages: from what is kept, with how old that is, for staff alone."""

from __future__ import annotations

import csv
import time
from datetime import date, timedelta
from io import StringIO

import pytest
from sqlalchemy import update

from kits import clock, host
from kits.catalogue.first_kit import ROLLER, SERUM
from kits.catalogue.tables import Item
from kits.dates import short, written
from shop.registers import registers
from subscriptions.forecast.keeping import keep_forecasts
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.subscriptions.forecast.conftest import Foretell, reads

PAGE = "/admin/forecast"
SHUT = ((303, "/admin/sign-in"), (405, "/admin/sign-in"))


@pytest.fixture
def kept(stocked: str) -> None:
    """The forecasts, kept just now."""
    keep_forecasts(clock.now())


def retire(sku: str) -> None:
    with host.unit() as session:
        session.execute(update(Item).where(Item.sku == sku).values(retired_at=clock.now()))


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/{SERUM}", f"{PAGE}/{SERUM}.json", f"{PAGE}/{SERUM}.csv"])
def test_it_is_for_staff_alone(path: str, kept: None, client: Visitor) -> None:
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, answer.headers.get("Location", "/admin/sign-in")[:14]) in SHUT


def test_it_stands_in_the_menu(staff: Staff) -> None:
    assert ("Forecast", "refillery_forecast.overview") in registers().admin_pages
    assert f'href="{PAGE}"' in staff.get("/admin/").text


def test_before_the_first_turn_it_says_how_to_see_it_now_and_one_press_shows_it(staff: Staff, stocked: str) -> None:
    assert "Not worked out yet." in words(staff.get(PAGE))
    assert "To see it now, work it out anew." in words(staff.get(PAGE))
    answer = staff.post(PAGE, page=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert "Worked out just now" in words(staff.get(PAGE))


def test_without_plans_it_says_what_comes_next_and_items_read_calm(staff: Staff, kept: None) -> None:
    page = words(staff.get(PAGE))
    assert "No running plan needs a refill yet. As soon as a kit with refills is sold" in page
    assert page.count("No day of the year") == page.count("Nothing needs to be ordered") == 2
    item = words(staff.get(f"{PAGE}/{ROLLER}"))
    assert "20 left today; serves all that is wanted" in item
    assert "Nothing: no order waits for it, and no running plan needs it in a refill." in item
    assert "rf-low" not in staff.get(f"{PAGE}/{ROLLER}").text


def test_the_most_urgent_item_stands_first_with_what_to_order_by_when(
    driver: Driver, runs_out: date, staff: Staff
) -> None:
    keep_forecasts(clock.now())
    page = words(staff.get(PAGE))
    by = written(runs_out - timedelta(days=14))
    assert f"{SERUM} Left now 20 Runs out on {written(runs_out)} What to order Order 4 by {by}" in page
    assert page.index(SERUM) < page.index(ROLLER)


def test_an_item_shows_its_drawing_its_sentence_its_advice_and_its_weeks(
    runs_out: date, foretell: Foretell, staff: Staff
) -> None:
    keep_forecasts(clock.now())
    page = staff.get(f"{PAGE}/{SERUM}")
    assert f"20 left today; runs out on {written(runs_out)}" in words(page)
    assert "Order 4 by" in words(page)
    assert ('role="img"' in page.text, page.text.count('<tr><th scope="row">')) == (True, 52)
    assert "24 in these 52 weeks" in words(page)
    assert f'href="/admin/stock/items/{SERUM}"' in page.text


def test_the_advice_leads_to_a_purchase_order_that_is_filled_in(runs_out: date, staff: Staff) -> None:
    with host.unit() as session:
        session.execute(update(Item).where(Item.sku == SERUM).values(supplier="Serum & Co"))
    keep_forecasts(clock.now())
    asked = f"sku={SERUM}&amp;quantity=4&amp;expected={runs_out}&amp;supplier=Serum+%26+Co"
    assert f"/admin/purchase-orders/new?{asked}" in staff.get(f"{PAGE}/{SERUM}").text


def test_an_order_that_is_late_is_expected_when_it_can_be_there(staff: Staff, kit: str, today: date) -> None:
    with host.unit() as session:
        session.execute(update(Item).where(Item.sku == SERUM).values(safety_stock=5))
    keep_forecasts(clock.now())
    page = staff.get(f"{PAGE}/{SERUM}")
    assert f"Order 5 at once ; they are needed on {written(today)}" in words(page)
    assert f"expected={today + timedelta(days=14)}" in page.text


def test_what_is_committed_is_said_to_be_part_of_what_is_wanted(driver: Driver, bought: Bought, staff: Staff) -> None:
    driver.travel(driver.refill(bought).charge_on - timedelta(days=20))
    staff.post(PAGE, page=PAGE)
    assert "3 in these 52 weeks" in words(staff.get(f"{PAGE}/{SERUM}"))
    assert "of which 1 is committed" in words(staff.get(f"{PAGE}/{SERUM}"))


def test_an_old_forecast_says_so(driver: Driver, kept: None, staff: Staff) -> None:
    driver.travel(clock.now() + timedelta(hours=2), work=False)
    assert "Worked out 2 hours ago" in words(staff.get(PAGE))
    assert "That is long ago: see that the worker runs." in words(staff.get(f"{PAGE}/{SERUM}"))
    answer = staff.post(f"{PAGE}/{SERUM}", page=f"{PAGE}/{SERUM}")
    assert answer.headers["Location"] == f"{PAGE}/{SERUM}"
    assert "Worked out just now" in words(staff.get(PAGE))


def test_the_same_figures_come_as_json_and_as_csv(bought: Bought, foretell: Foretell, staff: Staff) -> None:
    keep_forecasts(clock.now())
    forecast = foretell()[SERUM]
    told = staff.get(f"{PAGE}/{SERUM}.json").get_json()
    assert (told["sku"], told["left"], told["weeks"]) == (SERUM, 20, forecast.as_json()["weeks"])
    answer = staff.get(f"{PAGE}/{SERUM}.csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [int(row["left"]) for row in rows] == [week.left for week in forecast.weeks]
    assert (answer.mimetype, "forecast-SERUM-3M.csv" in answer.headers["Content-Disposition"]) == ("text/csv", True)


@pytest.mark.parametrize("path", ["NOTHING", "NOTHING.json", "NOTHING.csv"])
def test_an_item_that_is_not_there_is_not_found(path: str, kept: None, staff: Staff) -> None:
    assert staff.get(f"{PAGE}/{path}").status_code == 404


def test_a_retired_item_says_that_its_successor_is_counted(stocked: str, staff: Staff) -> None:
    retire(SERUM)
    keep_forecasts(clock.now())
    page = words(staff.get(f"{PAGE}/{SERUM}"))
    assert "Its refills are counted for the item that is sent in its place" in page
    assert "Nothing: a retired item is not ordered again." in page


def test_pages_take_few_statements_and_no_time(kept: None, bought: Bought, staff: Staff) -> None:
    for path, most in ((PAGE, 4), (f"{PAGE}/{SERUM}", 5)):
        staff.get(path)
        with counted(host.engine()) as statements:
            begun = time.perf_counter()
            assert staff.get(path).status_code == 200
            spent = time.perf_counter() - begun
        assert (len(reads(statements)) <= most, spent < 0.1) == (True, True), (reads(statements), spent)


def test_the_first_page_names_the_next_shortage(runs_out: date, staff: Staff) -> None:
    assert "next shortage" not in words(staff.get("/admin/"))
    keep_forecasts(clock.now())
    page = words(staff.get("/admin/"))
    assert f"next shortage {short(runs_out)} Serum, three months runs out on {written(runs_out)}. Order 4 by" in page
    assert f'href="{PAGE}/{SERUM}"' in staff.get("/admin/").text


def test_with_enough_of_everything_the_first_page_says_nothing_of_it(kept: None, staff: Staff) -> None:
    assert "next shortage" not in words(staff.get("/admin/"))

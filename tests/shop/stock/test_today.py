"""The admin's first page: what about the stock needs a look, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from kits import host
from kits.catalogue.first_kit import SERUM
from kits.dates import written
from tests.bench.statements import counted
from tests.shop.admin.conftest import Staff, words
from tests.shop.stock.conftest import set_marks


def test_a_stock_that_is_well_reads_calm(stocked: str, staff: Staff) -> None:
    page = words(staff.get("/admin/"))
    assert "Running low No item is below its mark." in page
    assert [title in page for title in ("Promised more than there is", "Soon to expire")] == [False, False]


def test_what_runs_low_leads_to_receiving_more(commit: Callable[[int], None], staff: Staff) -> None:
    commit(11)
    page = staff.get("/admin/")
    assert "9 left of Serum, three months: receive more or order it" in words(page)
    for form in ("receive", "purchase-orders/new"):
        assert f'href="/admin/{form}?sku={SERUM}"' in page.text


def test_a_shortfall_says_what_to_do(commit: Callable[[int], None], staff: Staff) -> None:
    commit(23)
    page = words(staff.get("/admin/"))
    assert "Promised more than there is 3 missing of Serum, three months: receive more or order it" in page
    assert "Receive more that does; until then pack what was paid first" in page


def test_lots_that_expire_soon_stand_there_with_their_day(
    plenty: None, deliver: Callable[..., None], staff: Staff, today: date
) -> None:
    for number in range(7):
        deliver(f"OLD-{number}", 5, days=20 + number)
    page = words(staff.get("/admin/"))
    assert f"5 of Serum, three months in lot OLD-0 , good until {written(today + timedelta(days=20))}" in page
    assert ("OLD-4" in page, "OLD-5" in page, "All 7 lots" in page) == (True, False, True)


def test_the_page_takes_as_many_statements_however_much_needs_a_look(
    stocked: str, deliver: Callable[..., None], commit: Callable[[int], None], staff: Staff
) -> None:
    with counted(host.engine()) as calm:
        staff.get("/admin/")
    for number in range(5):
        deliver(f"OLD-{number}", 5, days=20)
    commit(60)
    set_marks(low_at=100)
    with counted(host.engine()) as busy:
        staff.get("/admin/")
    assert len(calm) == len(busy)
    assert sum(statement.startswith("SELECT") for statement in busy) <= 19

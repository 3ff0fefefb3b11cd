"""The ledger's page: every movement, the newest first, picked by what one asks for, and as a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from sqlalchemy import insert, select, text

from kits import host
from kits.stock.tables import Lot, StockMovement
from shop.admin.stock.ledger import movements, pages
from shop.admin.stock.ledger.csv_lines import line
from shop.admin.stock.ledger.movements import Wanted, query
from tests.shop.admin.conftest import EMAIL, Staff, words
from tests.shop.admin.stock.conftest import Desk

PAGE = "/admin/stock/ledger"


def reasons(desk: Desk, query: str) -> list[str]:
    """The reasons on a page of the ledger, in its order."""
    answer = desk.staff.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return re.findall(r"reason \w+", answer.text)


def table(desk: Desk, query: str = "") -> list[list[str]]:
    """The rows of the CSV."""
    answer = desk.staff.get(f"{PAGE}.csv?{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(StringIO(answer.text)))


@pytest.fixture
def moved(desk: Desk, serum: int, deliver: Callable[..., int]) -> Desk:
    """A ledger of two deliveries, three corrections of the serum and one of another lot."""
    desk.correct(serum, "adjust", units=-3, reason="reason one")
    desk.correct(serum, "quarantine", units=4, reason="reason two")
    desk.correct(serum, "write_off", units=1, reason="reason three")
    desk.correct(deliver("L-2", 5, days=60, sku="ROLLER-025"), "adjust", units=2, reason="reason four")
    return desk


def test_it_says_who_did_what_to_which_lot_and_why(moved: Desk) -> None:
    said = words(moved.staff.get(PAGE))
    assert f"Into quarantine LOT-SERUM-3M of SERUM-3M +4 {EMAIL}: reason two" in said
    assert "Corrected L-2 of ROLLER-025 +2" in said
    assert "Received L-2 of ROLLER-025 +5 command" in said


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["four", "three", "two", "one"]),
        ("item=SERUM-3M", ["three", "two", "one"]),
        ("kind=adjust", ["four", "one"]),
        ("kind=adjust&item=SERUM-3M", ["one"]),
        ("lot=L-2", ["four"]),
        ("actor=staff", ["four", "three", "two", "one"]),
        ("actor=command", []),
        ("actor=sta%25", []),
        ("order=R-NONE", []),
        ("item=NONE", []),
        ("lot=NONE", []),
        ("kind=nothing", []),
    ],
)
def test_movements_are_picked_by_what_is_asked(moved: Desk, asked: str, found: list[str]) -> None:
    assert reasons(moved, asked) == [f"reason {word}" for word in found]
    assert [row[9] for row in table(moved, asked)[1:] if row[9]] == [f"reason {word}" for word in found]


def test_days_are_the_shop_s_and_both_count(moved: Desk, today: date) -> None:
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    assert len(reasons(moved, f"since={today}&until={today}")) == 4
    assert reasons(moved, f"since={tomorrow}") == []
    assert reasons(moved, f"until={yesterday}") == []


def test_a_movement_of_an_order_is_found_by_its_number(staff: Staff, paid: str) -> None:
    page = f"/admin/orders/{paid}"
    staff.post(f"{page}/ship", page=page)
    said = staff.get(f"{PAGE}?order={paid}&kind=ship")
    assert f'href="{page}"' in said.text
    assert "LOT-ROLLER-025 of ROLLER-025 −1" in words(said)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("since=yesterday", "since"),
        ("since=0001-01-01", "since"),
        ("until=9999-12-31", "until"),
        ("until=2027-02-30", "until"),
        ("item=a%00b", "item"),
        ("lot=%00", "lot"),
        ("order=a%0Ab", "order"),
        ("kind=%00", "kind"),
        ("actor=%00", "actor"),
    ],
)
def test_what_cannot_be_asked_is_told_beside_its_field(moved: Desk, asked: str, field: str) -> None:
    for path in (PAGE, f"{PAGE}.csv"):
        refused = moved.staff.get(f"{path}?{asked}")
        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text


@pytest.mark.parametrize("asked", ["before=abc", f"before={'9' * 30}", "before=-1", "before=%00", "more=1", "since="])
def test_an_absurd_query_is_left_alone(moved: Desk, asked: str) -> None:
    assert len(reasons(moved, asked)) == 4


def test_it_goes_on_from_page_to_page_and_keeps_what_was_asked(moved: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movements, "A_PAGE", 2)
    assert reasons(moved, "item=SERUM-3M") == ["reason three", "reason two"]
    older = re.search(r'id="older" href="[^"]+\?([^"]+)"', moved.staff.get(f"{PAGE}?item=SERUM-3M").text)
    assert older
    rest = older.group(1).replace("&amp;", "&")
    assert reasons(moved, rest) == ["reason one"]
    assert "Back to the newest" in words(moved.staff.get(f"{PAGE}?{rest}"))


def test_the_table_holds_all_movements_over_several_batches(moved: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "A_BATCH", 2)
    rows = table(moved)
    assert rows[0][:4] == ["movement", "at", "what", "item"]
    assert [row[2] for row in rows[1:]] == [
        "Corrected", "Received", "Written off", "Into quarantine", "Corrected", "Received", "Received",
    ]  # fmt: skip
    assert rows[5][3:8] == ["SERUM-3M", "LOT-SERUM-3M", "-3", "0", "0"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", rows[1][1])


def test_no_text_of_the_table_is_taken_for_a_formula(desk: Desk, serum: int) -> None:
    desk.correct(serum, "adjust", units=-1, reason='=HYPERLINK("http://x")')
    assert table(desk)[1][9] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_numbers_stay_numbers_and_formulas_become_words(sign: str) -> None:
    assert next(csv.reader(StringIO(line((-3, f"{sign}1+1", None, "a,b")), newline=""))) == [
        "-3", f"'{sign}1+1", "", "a,b",
    ]  # fmt: skip


def test_a_page_takes_as_many_statements_however_many_lots_and_movements_there_are(
    desk: Desk, deliver: Callable[..., int]
) -> None:
    few = desk.statements(PAGE)
    for number in range(5):
        deliver(f"L-{number}", 5, days=90 + number)
    assert desk.statements(PAGE) == few


def test_an_empty_ledger_says_what_comes_first(staff: Staff, kit: str) -> None:
    assert "The first delivery is the first line" in words(staff.get(PAGE))


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
@pytest.mark.parametrize("wanted", [Wanted(), Wanted(item="ROLLER-025")])
def test_no_page_sorts_the_table(moved: Desk, now: datetime, wanted: Wanted) -> None:
    with host.unit() as session:
        same = {"at": now, "kind": "adjust", "quantity": 0, "actor": "command"}
        lots = session.scalars(select(Lot).order_by(Lot.item_id)).all()
        often = [{**same, "item_id": lots[-1].item_id, "lot_id": lots[-1].id}] * 40
        rarely = [{**same, "item_id": lots[0].item_id, "lot_id": lots[0].id}]
        session.execute(insert(StockMovement), (often + rarely) * 500)
        session.execute(text("ANALYZE"))
    statement = query(host.session(), wanted, before=10**9).limit(51)
    compiled = str(statement.compile(host.engine(), compile_kwargs={"literal_binds": True}))
    plan = "\n".join(host.session().connection().exec_driver_sql(f"EXPLAIN {compiled}").scalars())
    host.end_reads()
    assert "using ix_kits_stock_movement_item" in plan if wanted.item else "using pk_kits_stock_movement" in plan
    assert "Sort" not in plan
    assert "Seq Scan on kits_stock_movement" not in plan

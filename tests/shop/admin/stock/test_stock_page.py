"""The shelf at a glance: each item with its figures and alarms, each lot with how long it lasts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from kits import host
from kits.catalogue import retiring
from kits.catalogue.tables import Item
from kits.stock.promises.commitments import commit_to
from kits.stock.promises.reservations import Demand
from kits.stock.tables import Lot
from shop.admin.stock import lists
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.stock.conftest import Desk, lot_id

Deliver = Callable[..., int]


def shown(staff: Staff) -> str:
    """The page's text."""
    return words(staff.get("/admin/stock"))


def test_every_figure_of_an_item_is_told(staff: Staff, placed: str) -> None:
    figures = "On hand 20 Expired 0 In quarantine 0 Reserved 1 Committed 0 Available 19"
    assert f"Dermaroller 0.25 mm ROLLER-025 {figures}" in shown(staff)


def test_an_expired_lot_is_named_and_not_counted(staff: Staff, deliver: Deliver, today: date) -> None:
    deliver("OLD", 12, days=1)
    with host.unit() as session:
        session.execute(update(Lot).values(expires_on=today - timedelta(days=1)))
    said = shown(staff)
    assert "On hand 12 Expired 12 In quarantine 0 Reserved 0 Committed 0 Available 0" in said
    assert re.search(r"OLD Serum, three months \w+ \d+ \w+ \d+ expired 12 0 0 12", said)


@pytest.mark.parametrize(("days", "told"), [(1, "expires in 1 day"), (60, "expires in 60 days"), (61, "")])
def test_a_lot_that_expires_soon_says_in_how_many_days(staff: Staff, deliver: Deliver, days: int, told: str) -> None:
    deliver("L-1", 3, days=days)
    said = re.findall(r"expires in \d+ days?", shown(staff))
    assert said == ([told] if told else [])


def test_promises_that_cannot_be_kept_are_a_plain_alarm(desk: Desk, now: datetime, today: date) -> None:
    with host.unit() as session:
        serum = session.query(Item.id).filter_by(sku="SERUM-3M").scalar()
        commit_to(session, "refill:1", [Demand(serum, 24, today)], wanted_on=today, now=now)
    alarm = "4 short: orders and refills were promised more than lasts. Receive more, or move refills."
    assert shown(desk.staff).count(alarm) == 1
    assert alarm in words(desk.staff.get("/admin/stock/items/SERUM-3M"))


def test_a_low_item_is_marked_and_a_retired_one_is_told_as_such(staff: Staff, kit: str, now: datetime) -> None:
    assert shown(staff).count("low: fewer than 10 left") == 2
    retiring.retire("ROLLER-025", None, actor="command", now=now)
    said = shown(staff)
    assert said.count("low: fewer than 10 left") == 1
    assert "ROLLER-025 retired" in said


def test_lots_that_expire_first_come_first_page_by_page(
    staff: Staff, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 2)
    for code, days in (("late", 90), ("same-a", 50), ("first", 20), ("same-b", 50), ("last", 400)):
        deliver(code, 1, days=days)
    seen, path = [], "/admin/stock"
    while path:
        page = staff.get(path).text
        seen.append(re.findall(r'lots/\d+">([\w-]+)', page))
        after = re.search(r"/admin/stock\?after=\d+", page)
        path = after.group() if after else ""
    assert seen == [["first", "same-a"], ["same-b", "late"], ["last"]]


def test_an_empty_lot_is_not_listed(desk: Desk, serum: int) -> None:
    desk.correct(serum, "write_off", units=20, reason="burnt")
    assert f"lots/{serum}" not in desk.staff.get("/admin/stock").text


@pytest.mark.parametrize("asked", ["after=abc", "after=999999", f"after={'9' * 30}", "after=%00"])
def test_an_absurd_query_is_left_alone(desk: Desk, asked: str) -> None:
    for path in ("/admin/stock", "/admin/stock/items/SERUM-3M"):
        page = desk.staff.get(f"{path}?{asked}")
        assert page.status_code == 200
        assert f"lots/{lot_id('LOT-SERUM-3M')}" in page.text


@pytest.mark.parametrize("path", ["/admin/stock", "/admin/stock/items/SERUM-3M"])
def test_a_page_takes_as_many_statements_however_many_lots_and_items_there_are(
    desk: Desk, deliver: Deliver, path: str
) -> None:
    few = desk.statements(path)
    with host.unit() as session:
        session.add_all(Item(sku=f"MORE-{number}", name="More") for number in range(5))
    for number in range(5):
        deliver(f"L-{number}", 5, days=90 + number)
        deliver(f"M-{number}", 5, days=90, sku=f"MORE-{number}")
    assert desk.statements(path) == few


def test_a_shop_without_items_says_what_comes_next(staff: Staff) -> None:
    said = shown(staff)
    assert "There is no item yet" in said
    assert "Receive a delivery" in said

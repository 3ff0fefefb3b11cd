"""The owner is told once when the stock crosses a mark, and again only when it had been well in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from kits import host, signals
from kits.catalogue.first_kit import ROLLER, SERUM
from kits.dates import written
from kits.stock.ledger import Cause
from kits.stock.moves.corrections import write_off
from kits.stock.tables import Lot
from shop.registers import registers
from shop.stock.alerts import STOCK_DUTY, look_after_stock
from shop.stock.tables import StockAlert
from shop.stock.watch import EXPIRING, LOW, SHORT
from shop.work import duties
from tests.shop.stock.conftest import alerts, set_marks

Look = Callable[..., None]
Told = Callable[[], list[str]]
Commit = Callable[[int], None]
Deliver = Callable[..., None]

heard: list[tuple[str, int]] = []


def hear(sender: object, *, sku: str, available: int) -> None:
    heard.append((sku, available))
    assert host.session().scalar(select(func.count()).select_from(StockAlert)), "after the commit"


@pytest.fixture
def signalled() -> Iterator[list[tuple[str, int]]]:
    """What a host's receiver of `stock_low` was told."""
    heard.clear()
    signals.stock_low.connect(hear)
    yield heard
    signals.stock_low.disconnect(hear)


def lot_id(code: str) -> int:
    found = host.session().scalars(select(Lot.id).where(Lot.code == code)).one()
    host.end_reads()
    return found


def test_a_stock_that_is_well_tells_nobody(stocked: str, look: Look, told: Told) -> None:
    look()
    assert (alerts(), told()) == ({}, [])


def test_an_item_below_its_mark_is_told_once(commit: Commit, look: Look, told: Told) -> None:
    commit(10)
    look()
    assert told() == [], "ten are left, and the mark is ten"
    commit(11)
    look(5)
    look(10)
    [mail] = told()
    assert f"Serum, three months ({SERUM}): 9 left to promise, the mark is 10" in mail
    assert alerts() == {(LOW, SERUM): (True, 1)}


def test_it_is_told_again_only_when_it_had_been_well(commit: Commit, look: Look, told: Told) -> None:
    commit(11)
    look()
    commit(12)
    look(5)
    assert len(told()) == 1
    commit(0)
    look(10)
    assert alerts() == {(LOW, SERUM): (False, 1)}
    commit(11)
    look(15)
    assert (alerts(), len(told())) == ({(LOW, SERUM): (True, 2)}, 2)


def test_a_retired_item_is_not_low(stocked: str, look: Look, now: datetime) -> None:
    set_marks(low_at=50, retired_at=now)
    look()
    assert alerts() == {}


def test_promises_that_cannot_be_kept_are_told_with_what_is_missing(
    plenty: None, commit: Commit, look: Look, told: Told
) -> None:
    commit(23)
    look()
    assert alerts() == {(SHORT, SERUM): (True, 1)}
    assert f"Serum, three months ({SERUM}): 3 missing" in told()[0]


@pytest.mark.parametrize(("days", "soon"), [(-1, False), (0, True), (60, True), (61, False)])
def test_a_lot_is_soon_to_expire_within_sixty_days(
    plenty: None, deliver: Deliver, look: Look, told: Told, today: date, now: datetime, days: int, soon: bool
) -> None:
    deliver("OLD", 5, days=90)
    look_after_stock(now + timedelta(days=90 - days))
    assert ((EXPIRING, str(lot_id("OLD"))) in alerts()) is soon
    line = f"Serum, three months, lot OLD: 5 good until {written(today + timedelta(days=90))}"
    assert any(line in mail for mail in told()) is soon


def test_how_soon_that_is_can_be_set(plenty: None, deliver: Deliver, look: Look, app: Flask) -> None:
    deliver("OLD", 5, days=20)
    app.config["SHOP_EXPIRY_DAYS"] = 19
    look()
    assert alerts() == {}


def test_a_lot_of_which_nothing_is_free_is_no_longer_told_of(
    plenty: None, deliver: Deliver, look: Look, now: datetime
) -> None:
    deliver("OLD", 5, days=20)
    look()
    write_off(lot_id("OLD"), 5, Cause("test", now, reason="too old"))
    look(5)
    assert [stands for stands, _ in alerts().values()] == [False]


def test_one_mail_tells_all_that_is_new(kit: str, deliver: Deliver, commit: Commit, look: Look, told: Told) -> None:
    commit(30)
    deliver("OLD", 5, days=20)
    set_marks(low_at=21)
    look()
    [mail] = told()
    assert [mail.count(words) for words in ("missing", "left to promise", "good until")] == [1, 2, 1]
    deliver("OLDER", 1, days=10)
    look(5)
    assert ("OLDER" in told()[1], "OLD:" in told()[1], "left to promise" in told()[1]) == (True, False, False)


def test_without_an_owner_the_alert_is_written_all_the_same(commit: Commit, look: Look, told: Told, app: Flask) -> None:
    app.config["SHOP_OWNER_EMAIL"] = ""
    commit(11)
    look()
    app.config["SHOP_OWNER_EMAIL"] = "owner@example.org"
    look(5)
    assert (alerts(), told()) == ({(LOW, SERUM): (True, 1)}, [])


def test_the_host_is_signalled_once_a_crossing(commit: Commit, look: Look, signalled: list[tuple[str, int]]) -> None:
    commit(11)
    for minutes in (0, 5):
        look(minutes)
    assert signalled == [(SERUM, 9)]


def test_workers_who_look_at_once_tell_it_once(
    commit: Commit, look: Look, told: Told, signalled: list[tuple[str, int]], at_once: Callable[..., list[Any]]
) -> None:
    commit(25)
    set_marks(low_at=21)
    for minutes, times in ((0, 1), (10, 2)):
        assert at_once([lambda m=minutes: look(m)] * 4) == [None] * 4
        assert alerts() == {(SHORT, SERUM): (True, times), (LOW, SERUM): (True, times), (LOW, ROLLER): (True, times)}
        assert (len(told()), len(signalled)) == (times, 2 * times)
        commit(0)
        set_marks(low_at=0)
        look(minutes + 1)
        commit(25)
        set_marks(low_at=21)


def test_a_worker_looks_every_five_minutes(commit: Commit, told: Told, now: datetime) -> None:
    assert STOCK_DUTY in registers().duties
    commit(11)
    turns = [duties.run_once([STOCK_DUTY], lambda m=minutes: now + timedelta(minutes=m)) for minutes in (0, 4, 5)]
    assert (turns, len(told())) == ([1, 0, 1], 1)

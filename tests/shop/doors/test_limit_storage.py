"""Windows counted on the database, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from kits import host
from shop.doors.limit_storage import DatabaseStorage, RateWindow


def let_all_end() -> None:
    with host.unit() as session:
        session.execute(update(RateWindow).values(ends=RateWindow.began - 1))


def rows() -> int:
    try:
        return host.session().scalar(select(func.count()).select_from(RateWindow)) or 0
    finally:
        host.end_reads()


def test_a_window_counts_up_and_then_begins_anew(app: Flask) -> None:
    storage = DatabaseStorage()
    assert [storage.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.get("a") == 3
    let_all_end()
    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1


def test_keys_are_counted_apart(app: Flask) -> None:
    storage = DatabaseStorage()
    storage.incr("a", 60, amount=5)
    assert storage.incr("b", 60) == 1
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)


def test_many_at_once_lose_no_count(at_once: Callable[..., list[Any]]) -> None:
    counts = at_once([lambda: DatabaseStorage().incr("a", 60)] * 12)
    assert sorted(counts) == list(range(1, 13))


def test_windows_that_ended_are_cleared_away_when_another_begins(app: Flask) -> None:
    storage = DatabaseStorage()
    for number in range(5):
        storage.incr(f"old-{number}", 60)
    let_all_end()
    storage.incr("new", 60)
    assert rows() == 1


def test_the_requests_own_session_stays_out_of_it(app: Flask) -> None:
    DatabaseStorage().incr("a", 60)
    assert not host.session().in_transaction()


def test_it_says_when_a_window_ends_and_forgets_all_when_told(app: Flask) -> None:
    storage = DatabaseStorage()
    now = storage.get_expiry("nobody")
    storage.incr("a", 60)
    assert 59 < storage.get_expiry("a") - now < 62
    assert storage.check()
    assert storage.reset() == 1

"""Business time: real time with a real gateway; with the sandbox one clock that goes forward only."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from kits import clock, host
from kits.clock import ClockIsReal
from kits.tables import Base
from tests.bench.statements import counted
from tests.servers.sandbox import KEY

MOMENT = timedelta(seconds=5)


def real() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def demo(app: Flask) -> Flask:
    """An app whose gateway looks like the sandbox."""
    app.config.update(SHOP_STRIPE_API_BASE="http://127.0.0.1:1", SHOP_STRIPE_SECRET_KEY=KEY)
    return app


def test_without_the_sandbox_it_is_the_real_time(app: Flask) -> None:
    assert abs(clock.now() - real()) < MOMENT
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("base", "key"),
    [
        ("https://api.stripe.com", KEY),
        ("https://127.0.0.1:1", KEY),
        ("http://127.0.0.1:1", "sk_live_1"),
        ("http://127.0.0.1:1", ""),
        ("http://127.0.0.1.example.org", KEY),
        ("http://10.0.0.1", KEY),
    ],
)
def test_the_clock_is_moved_only_while_the_gateway_is_the_sandbox(app: Flask, base: str, key: str) -> None:
    app.config.update(SHOP_STRIPE_API_BASE=base, SHOP_STRIPE_SECRET_KEY=key)
    with pytest.raises(ClockIsReal):
        clock.move_to(real() + timedelta(days=1))
    assert abs(clock.now() - real()) < MOMENT


def test_a_moved_clock_ticks_on_from_there(demo: Flask) -> None:
    shown = clock.move_to(real() + timedelta(days=100))
    assert abs(shown - real() - timedelta(days=100)) < MOMENT
    assert clock.now() >= shown


def test_the_clock_moves_forward_only(demo: Flask) -> None:
    clock.move_to(real() + timedelta(days=100))
    clock.move_to(real() + timedelta(days=50))
    clock.move_to(real() - timedelta(days=50))
    assert abs(clock.now() - real() - timedelta(days=100)) < MOMENT
    clock.move_to(real() + timedelta(days=101))
    assert abs(clock.now() - real() - timedelta(days=101)) < MOMENT


def test_a_clock_that_was_never_moved_is_not_moved_back(demo: Flask) -> None:
    clock.move_to(real() - timedelta(days=50))
    assert abs(clock.now() - real()) < MOMENT


def test_every_process_sees_the_same_time(demo: Flask, another_app: Callable[..., Flask]) -> None:
    clock.move_to(real() + timedelta(days=100))
    with another_app().app_context():
        assert abs(clock.now() - real() - timedelta(days=100)) < MOMENT


def test_many_who_move_it_at_once_leave_it_at_the_latest(demo: Flask, at_once: Callable[..., list[Any]]) -> None:
    moved = at_once([partial(clock.move_to, real() + timedelta(days=days)) for days in range(1, 9)])
    assert [each for each in moved if isinstance(each, Exception)] == []
    assert abs(clock.now() - real() - timedelta(days=8)) < MOMENT


def test_reading_the_time_opens_no_transaction(demo: Flask) -> None:
    clock.now()
    host.outside_transaction()


def test_where_one_look_is_to_do_it_is_taken_once(demo: Flask, another_app: Callable[..., Flask]) -> None:
    clock.look_once()
    with counted(host.engine()) as looks:
        first = clock.now()
        with another_app().app_context():
            copy_context().run(elsewhere)
        assert clock.now() - first < MOMENT
    assert len(looks) == 1
    clock.look_again()
    assert clock.now() - first > timedelta(days=99)


def elsewhere() -> None:
    clock.look_again()
    clock.move_to(real() + timedelta(days=100))


def test_whoever_moves_the_clock_sees_the_move_at_once(demo: Flask) -> None:
    clock.look_once()
    first = clock.now()
    moved = clock.move_to(real() + timedelta(days=100))
    clock.look_again()
    assert moved - first > timedelta(days=99)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2027, 1, 4, 23, 59, tzinfo=UTC), date(2027, 1, 4)),
        (datetime(2027, 7, 4, 22, 59, tzinfo=UTC), date(2027, 7, 4)),
        (datetime(2027, 7, 4, 23, 0, tzinfo=UTC), date(2027, 7, 5)),
    ],
)
def test_a_day_is_the_shops_own(app: Flask, moment: datetime, day: date) -> None:
    assert clock.today(moment) == day


def test_no_table_keeps_a_moment_without_its_zone(app: Flask) -> None:
    kinds = {type(column.type).__name__ for table in Base.metadata.tables.values() for column in table.columns}
    assert "DateTime" not in kinds

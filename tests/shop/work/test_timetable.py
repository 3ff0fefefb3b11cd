"""Duties that come round by the clock: once each turn, missed turns made up once, and never forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select

from kits import clock, host
from kits.errors import Busy
from shop.registers import registers
from shop.work.duties import Duty, one_round, run_once
from shop.work.timetable import Turn, periodic, turn_now
from tests.journeys.driving import Driver
from tests.servers.sandbox import Sandbox

EVERY = timedelta(minutes=5)


@pytest.fixture
def turns() -> list[datetime]:
    """The moments at which the duty `count` was performed."""
    return []


@pytest.fixture
def duty(turns: list[datetime]) -> Duty:
    """`count`, every five minutes."""
    return periodic("count", EVERY, turns.append)


@pytest.fixture
def work(app: Flask, duty: Duty, now: datetime) -> Callable[..., int]:
    """Works until nothing is due, so many minutes after the test began; returns how many turns were taken."""
    return lambda minutes=0.0: run_once([duty], lambda: now + timedelta(minutes=minutes))


def ask(name: str = "count") -> None:
    with host.unit() as session:
        turn_now(session, name)


def row() -> Any:
    try:
        return host.session().execute(select(Turn.next_at, Turn.failures)).one()
    finally:
        host.end_reads()


def after(now: datetime, turns: list[datetime]) -> list[float]:
    return [(turn - now).total_seconds() / 60 for turn in turns]


def test_a_turn_comes_once_a_period(work: Callable[..., int], turns: list[datetime], now: datetime) -> None:
    assert [work(minutes) for minutes in (0, 0, 1, 4.99, 5, 6, 9.99, 10)] == [1, 0, 0, 0, 1, 0, 0, 1]
    assert after(now, turns) == [0, 5, 10]


def test_a_late_worker_makes_up_once(work: Callable[..., int], turns: list[datetime], now: datetime) -> None:
    assert [work(minutes) for minutes in (0, 23, 24, 27.99, 28)] == [1, 1, 0, 0, 1]
    assert after(now, turns) == [0, 23, 28]


def test_a_clock_that_was_wrong_for_a_while_stops_no_duty(
    work: Callable[..., int], turns: list[datetime], now: datetime
) -> None:
    a_century = 100 * 365 * 24 * 60
    assert [work(minutes) for minutes in (0, a_century, 1, 5.99, 6)] == [1, 1, 1, 0, 1]
    assert after(now, turns) == [0, a_century, 1, 6]


def test_workers_whose_clocks_differ_a_little_take_a_turn_once(work: Callable[..., int]) -> None:
    assert [work(minutes) for minutes in (0.5, 0, 0.25, 5.5)] == [1, 0, 0, 1]


def test_workers_at_once_take_a_turn_once(
    app: Flask, now: datetime, at_once: Callable[..., list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[datetime] = []

    def slowly(moment: datetime) -> None:
        turns.append(moment)
        time.sleep(0.2)

    for later in (timedelta(0), EVERY):  # the first time each of them finds that the row is missing
        workers = [lambda moment=now + later: one_round([periodic("count", EVERY, slowly)], lambda: moment)] * 4
        assert sorted(at_once(workers)) == [0, 0, 0, 1]
    ours = [
        record for record in caplog.records if record.name.startswith("refillery")
    ]  # not of servers beside the test
    assert (turns, ours) == ([now, now + EVERY], [])


def test_a_turn_that_fails_is_tried_again(app: Flask, now: datetime) -> None:
    turns: list[datetime] = []

    def fails_first(moment: datetime) -> None:
        turns.append(moment)
        if len(turns) == 1:
            raise Busy("not just now")

    duty = periodic("count", EVERY, fails_first)
    assert one_round([duty], lambda: now) == 0
    assert row() == (now, 1)
    assert run_once([duty], lambda: now) == 1
    assert (turns, row()) == ([now, now], (now + EVERY, 0))


def test_a_database_that_was_emptied_gets_its_row_back(work: Callable[..., int]) -> None:
    work()
    with host.unit() as session:
        session.execute(delete(Turn))
    assert [work(1), work(2)] == [1, 0]


def test_each_duty_has_its_own_turns(app: Flask, now: datetime, turns: list[datetime], duty: Duty) -> None:
    both = [duty, periodic("another", 3 * EVERY, turns.append)]
    assert [run_once(both, lambda n=n: now + n * EVERY) for n in range(5)] == [2, 1, 1, 2, 1]


def test_a_round_with_nothing_to_do_costs_one_statement(work: Callable[..., int], duty: Duty, now: datetime) -> None:
    work()
    said: list[str] = []
    event.listen(host.engine(), "before_cursor_execute", lambda *about: said.append(about[2].partition(" ")[0]))
    one_round([duty], lambda: now)
    assert [word for word in said if word != "BEGIN"] == ["SELECT"]


def test_the_clock_that_jumps_a_month_brings_one_turn(
    app: Flask, kit: str, sandbox: Sandbox, turns: list[datetime], duty: Duty
) -> None:
    registers().duties.append(duty)
    driver = Driver(kit, sandbox)
    driver.work()
    driver.travel(clock.now() + timedelta(days=31))
    assert len(turns) == 2
    assert run_once(registers().duties) == 0


def test_a_turn_can_be_had_at_once(work: Callable[..., int], turns: list[datetime], now: datetime) -> None:
    ask()  # before there is a row: the first turn is due anyway
    assert work() == 1
    ask()
    assert [work(1), work(1), work(5.99), work(6)] == [1, 0, 0, 1]


def test_what_is_asked_for_during_a_turn_gets_another(app: Flask, now: datetime) -> None:
    turns: list[datetime] = []

    def asked_twice(moment: datetime) -> None:
        turns.append(moment)
        if len(turns) in {1, 2}:
            ask()

    assert run_once([periodic("count", EVERY, asked_twice)], lambda: now) == 3
    assert row().next_at == now + EVERY


def test_a_turn_that_waits_after_a_failure_can_be_had_at_once(app: Flask, now: datetime) -> None:
    def fails(moment: datetime) -> None:
        error = Busy("later")
        error.wait = 300.0
        raise error

    one_round([periodic("count", EVERY, fails)], lambda: now)
    turns: list[datetime] = []
    duty = periodic("count", EVERY, turns.append)
    assert one_round([duty], lambda: now) == 0
    ask()
    assert one_round([duty], lambda: now) == 1

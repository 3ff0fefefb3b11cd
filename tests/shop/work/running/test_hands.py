"""Threads share the rows of all duties fairly, and a worker that is told to stop leaves things in order."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from kits import host
from shop.work import leases
from shop.work.duties import Duty, run_once, tell_nobody
from shop.work.running.hands import Hands
from shop.work.running.keeping import KEEPER
from shop.work.running.performing import claimed
from tests.shop.work.running.conftest import OPENED, Rows, claims, still_due, work

PATIENCE = 10.0


def test_rows_are_worked_side_by_side_each_with_a_session_of_its_own(app: Flask, rows: Rows) -> None:
    rows("slow", 3)
    together, sessions = threading.Barrier(3), set()

    def meet(row_id: int) -> None:
        sessions.add(host.session())
        together.wait(PATIENCE)

    assert run_once([work("slow", meet)], threads=4) == 3
    assert len(sessions) == 3


def test_a_duty_with_many_rows_does_not_starve_the_others(app: Flask, rows: Rows) -> None:
    many, few, order = rows("many", 100), rows("few", 3), []

    def some_work(row_id: int) -> None:
        time.sleep(0.005)  # or one thread could do all of `many` while the other waits for its turn on the machine
        order.append(row_id)

    run_once([work("many", some_work), work("few", order.append)], threads=2)
    assert sorted(order) == many + few
    assert max(order.index(row_id) for row_id in few) < 40


def test_a_duty_that_hangs_leaves_a_thread_to_the_others(app: Flask, rows: Rows) -> None:
    rows("hangs", 5)
    rows("goes on", 1)
    gone_on = threading.Event()
    hangs = work("hangs", lambda row_id: gone_on.wait(PATIENCE))
    assert run_once([hangs, work("goes on", lambda row_id: gone_on.set())], threads=2) == 6
    assert gone_on.is_set()


def test_what_fails_in_a_thread_waits_and_the_rest_is_done(app: Flask, rows: Rows) -> None:
    ids = rows("breaks", 4)

    def breaks(row_id: int) -> None:
        if row_id == ids[0] and time.monotonic() < until:
            raise RuntimeError("this one cannot be done yet")

    until = time.monotonic() + 0.2
    told: list[tuple[int, bool]] = []
    assert run_once([work("breaks", breaks)], threads=2, told=lambda duty, row_id, ok: told.append((row_id, ok))) == 4
    assert sorted(told) == [(ids[0], False), *((row_id, True) for row_id in ids)]


def test_a_worker_told_to_stop_finishes_what_it_has_begun_and_gives_the_rest_back(app: Flask, rows: Rows) -> None:
    rows("stops", 12)
    stop, begun = threading.Event(), []

    def told_meanwhile(row_id: int) -> None:
        begun.append(row_id)
        stop.set()
        time.sleep(0.15)

    done = run_once([work("stops", told_meanwhile)], threads=2, stop=stop)
    assert done == len(begun) < 4
    assert still_due() == 12 - done
    assert claims() == {(None, False)}, "another worker can have them at once"


def test_a_listener_that_fails_costs_no_thread(app: Flask, rows: Rows) -> None:
    rows("told", 5)

    def fail(duty: Duty, row_id: int, done: bool) -> None:
        raise BrokenPipeError

    hands = Hands(app, 1, lambda: OPENED, fail)
    hands.take(claimed(work("told"), OPENED, 5))
    assert hands.wait(1, PATIENCE), "or the rows would be kept for ever, for nobody"
    assert (hands.close(PATIENCE), hands.done, still_due()) == (0, 5, 0)


def test_a_worker_told_to_stop_while_the_database_is_away_still_finishes_what_it_has_begun(
    app: Flask, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows("stops", 3)
    begun, done = threading.Event(), threading.Event()

    def slowly(row_id: int) -> None:
        begun.set()
        done.wait(PATIENCE)

    hands = Hands(app, 1, lambda: OPENED, tell_nobody)
    hands.take(claimed(work("stops", slowly), OPENED, 3))
    begun.wait(PATIENCE)
    with monkeypatch.context() as away:
        away.setattr(leases, "give_back_alone", _answer_nothing)
        threading.Timer(0.1, done.set).start()
        assert hands.close(PATIENCE) == 0
    assert hands.done == 1
    assert not KEEPER._kept, "what was not given back runs out by itself"


def _answer_nothing(*args: object) -> None:
    raise OperationalError("UPDATE", None, Exception("the database is away"))


def test_the_time_to_stop_is_limited(app: Flask, rows: Rows) -> None:
    rows("hangs", 1)
    done = threading.Event()
    hands = Hands(app, 1, lambda: OPENED, tell_nobody)
    hands.take(claimed(work("hangs", lambda row_id: done.wait(PATIENCE)), OPENED, 1))
    while hands.waiting():
        time.sleep(0.01)
    assert hands.close(0.05) == 1, "it is still in hand"
    assert [leased for _, leased in claims()] == [True], "its lease runs out by itself"
    done.set()
    assert hands.close(PATIENCE) == 0

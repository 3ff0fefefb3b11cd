"""Workers say that they are there, every ten seconds, and are forgotten after a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import host
from shop.watching.tables import Worker
from shop.watching.workers import Heart
from shop.work import duties
from shop.work.leases import database_seconds
from shop.work.mailing.sending import MAIL_DUTY
from tests.bench.statements import counted
from tests.shop.watching.conftest import a_worker

Read = Callable[[Any], list[Any]]


def test_a_worker_is_seen_with_what_it_has_in_hand(app: Flask, read: Read) -> None:
    heart = Heart()
    heart.beat(3)
    (row,) = read(select(Worker))
    assert (row.name, row.in_hand, row.ended) == (heart.name, 3, None)
    assert row.host
    assert row.pid > 0
    heart.end()
    host.session().expire_all()
    (row,) = read(select(Worker))
    assert (row.in_hand, row.ended is not None) == (0, True)


def test_it_writes_every_ten_seconds_at_most(app: Flask, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr("shop.watching.workers.time.monotonic", lambda: moment[0])
    heart, written = Heart(), list[bool]()
    for _ in range(4):
        with counted(host.engine()) as found:
            heart.beat(1)
        written.append(bool(found))
        moment[0] += 6.0
    assert written == [True, False, True, False]
    assert len(read(select(Worker.id))) == 1


def test_workers_that_nobody_has_seen_for_a_day_are_forgotten(app: Flask, read: Read) -> None:
    a_worker(86_000.0)
    a_worker(87_000.0)
    Heart().beat(0)
    assert sorted(read(select(Worker.pid)))[0] == 7
    assert len(read(select(Worker.id))) == 2


def test_a_worker_whose_row_was_cleared_enters_itself_again(app: Flask, read: Read) -> None:
    heart = Heart()
    heart.beat(0)
    with host.unit() as session:
        session.execute(update(Worker).values(seen=database_seconds() - 90_000))
    Heart().beat(0)
    heart._next = 0.0
    heart.beat(0)
    assert len(read(select(Worker.id))) == 2


def test_a_shift_is_seen_and_ends_in_good_order(app: Flask, read: Read) -> None:
    duties.run_once([MAIL_DUTY], threads=1)
    (row,) = read(select(Worker))
    assert row.ended is not None

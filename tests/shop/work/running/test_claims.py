"""Workers that claim at once never share a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from kits import host
from shop.work import leases
from shop.work.duties import run_once
from shop.work.running import looking
from shop.work.timetable import Turn
from tests.bench.statements import counted
from tests.shop.work.running.conftest import OPENED, Rows, work

A_BATCH = 100


def _claim_all() -> list[int]:
    """Claim batch after batch until there is nothing left."""
    me, mine = leases.holder(), []
    while True:
        with host.unit() as session:
            claimed = leases.claim(session, Turn, Turn.name.startswith("count "), me, limit=A_BATCH)
        if not claimed:
            return mine
        mine += claimed


def test_two_workers_at_once_share_ten_thousand_rows_and_none_twice(
    app: Flask, rows: Rows, at_once: Callable[..., list[Any]], engine_name: str
) -> None:
    ids = rows("count", 10_000 if engine_name == "postgresql" else 1_000)
    one, other = at_once([_claim_all, _claim_all])
    assert sorted(one + other) == ids


def test_what_is_claimed_first_is_what_needs_it_most(app: Flask, rows: Rows) -> None:
    ids = rows("count", 5)
    with host.unit() as session:
        claimed = leases.claim(session, Turn, Turn.next_at == OPENED, "me", limit=2, order=Turn.id.desc())
    assert claimed == [ids[4], ids[3]]


def test_one_statement_tells_which_of_many_duties_have_work(app: Flask, rows: Rows) -> None:
    duties = [work(f"duty{n}") for n in range(30)]
    rows("duty7", 2)
    rows("duty21", 1)
    with counted(host.engine()) as statements:
        found = looking.every(duties, OPENED)
    assert [duty.name for duty in found] == ["duty7", "duty21"]
    assert len(statements) == 1


def test_where_there_are_no_duties_there_is_nothing_to_do(app: Flask) -> None:
    assert run_once([]) == run_once([], threads=2) == 0

"""A lease is renewed while its work goes on, and one that was lost stays lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from kits import host
from shop.work import leases
from shop.work.duties import one_round
from shop.work.leases import database_seconds
from shop.work.running.keeping import keeping
from shop.work.timetable import Turn
from tests.shop.work.running.conftest import OPENED, Rows, claims, work

LEASE = 0.6


@pytest.fixture(autouse=True)
def _short_leases(app: Flask) -> None:
    app.config["SHOP_LEASE_SECONDS"] = LEASE


def test_work_that_outlasts_its_lease_is_done_once(app: Flask, rows: Rows, at_once: Callable[..., list[Any]]) -> None:
    rows("slow", 1)
    begun: list[int] = []

    def slowly(row_id: int) -> None:
        begun.append(row_id)
        time.sleep(2 * LEASE)

    def another() -> int:
        time.sleep(1.6 * LEASE)  # the lease would be over
        return one_round([work("slow", slowly)], lambda: OPENED)

    assert at_once([lambda: one_round([work("slow", slowly)], lambda: OPENED), another]) == [1, 0]
    assert len(begun) == 1


def test_a_lease_that_was_lost_is_not_taken_back(app: Flask, rows: Rows) -> None:
    [row_id] = rows("lost", 1)
    with host.unit() as session:
        leases.claim(session, Turn, Turn.id == row_id, "me", limit=1)
    with keeping(Turn, row_id, "me"):
        with host.unit() as session:  # as if this machine had stood still, and another worker came
            session.execute(update(Turn).values(claimed_by="another", free_at=database_seconds() + LEASE))
        time.sleep(LEASE)
        with host.unit() as session:
            assert leases.claim(session, Turn, Turn.id == row_id, "a third", limit=1) == [row_id]
    assert claims() == {("a third", True)}


def test_a_lease_that_cannot_be_renewed_takes_no_other_along(app: Flask, rows: Rows) -> None:
    broken, whole = rows("slow", 2)
    with host.unit() as session:
        leases.claim(session, Turn, Turn.id.in_([broken, whole]), "me", limit=2)
    with keeping(Turn, broken, "me") as first, keeping(Turn, whole, "me") as second:
        first.engine = cast(Engine, None)
        time.sleep(LEASE)
        assert second.is_fresh

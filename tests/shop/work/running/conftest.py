"""Rows to work on: turns of duties that do nothing but tell what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from kits import host
from shop.work.duties import Duty
from shop.work.timetable import Turn

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2126, 1, 1, tzinfo=UTC)
Rows = Callable[[str, int], list[int]]


def work(duty: str, perform: Callable[[int], object] = lambda row_id: None) -> Duty:
    """A duty over the rows whose name begins with its own; performed, a row is due in a hundred years."""

    def done(row_id: int, now: datetime) -> None:
        perform(row_id)
        with host.unit() as session:
            session.execute(update(Turn).where(Turn.id == row_id).values(next_at=LATER))

    return Duty(duty, Turn, lambda now: Turn.name.startswith(f"{duty} ") & (Turn.next_at <= now), done)


def claims() -> set[tuple[str | None, bool]]:
    """Who has claimed rows, and whether their lease may run."""
    found = host.session().execute(select(Turn.claimed_by, Turn.free_at > 0)).all()
    host.end_reads()
    return {(holder, bool(leased)) for holder, leased in found}


def still_due() -> int:
    """How many rows are not done."""
    found = host.session().scalars(select(Turn.id).where(Turn.next_at < LATER)).all()
    host.end_reads()
    return len(found)


@pytest.fixture
def rows(app: Flask) -> Rows:
    """`rows("mail", 3)` adds three rows for the duty `mail`, due since January; their ids."""

    def add(duty: str, number: int) -> list[int]:
        each: Iterable[dict[str, object]] = [
            {"name": f"{duty} {n}", "next_at": OPENED, "free_at": 0.0, "failures": 0} for n in range(number)
        ]
        with host.unit() as session:
            session.execute(insert(Turn), list(each))
            return sorted(session.scalars(select(Turn.id).where(Turn.name.startswith(f"{duty} "))))

    return add

"""Columns that keep what they were given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from kits import audit, host
from kits.audit import AuditEntry

EAST = timezone(timedelta(hours=9))


@pytest.fixture(autouse=True)
def _a_machine_far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


def written(at: datetime) -> datetime:
    with host.unit() as session:
        audit.record(session, at=at, actor="staff:1", action="tried", subject="lot:1", before=1, after=2)
    return host.session().scalars(select(AuditEntry.at)).one()


@pytest.mark.parametrize("zone", [UTC, EAST])
def test_a_moment_comes_back_aware_and_in_utc(app: Flask, zone: timezone) -> None:
    given = datetime(2027, 3, 28, 1, 30, 15, 123456, tzinfo=zone)
    back = written(given)
    assert back == given
    assert back.utcoffset() == timedelta(0)


def test_moments_of_all_zones_are_compared_as_moments(app: Flask) -> None:
    written(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    same, earlier = datetime(2027, 3, 28, 10, 30, tzinfo=EAST), datetime(2027, 3, 28, 10, 29, tzinfo=EAST)
    assert host.session().scalars(select(AuditEntry).where(AuditEntry.at <= same)).all()
    assert not host.session().scalars(select(AuditEntry).where(AuditEntry.at <= earlier)).all()


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="naive"):
        written(datetime(2027, 3, 28, 1, 30))  # noqa: DTZ001 - that is the point


def test_an_audit_entry_says_who_did_what(app: Flask) -> None:
    written(datetime(2027, 1, 4, tzinfo=UTC))
    entry = host.session().scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        "staff:1", "tried", "lot:1", {"before": 1, "after": 2},
    )  # fmt: skip

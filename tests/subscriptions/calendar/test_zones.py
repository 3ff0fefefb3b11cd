"""The same days in the calendar, the rows and the mails, wherever the shop is and whatever its clocks do."""

from __future__ import annotations

from datetime import date, datetime, time
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask

from kits import clock
from kits.dates import written
from shop.work.demo_clock import tell_sandbox
from tests.journeys.driving import Bought, Driver, days
from tests.servers.sandbox import Sandbox
from tests.subscriptions.calendar.conftest import Look, titled

EARLY, LATE = time(0, 5), time(23, 55)
CASES = [
    ("Pacific/Honolulu", date(2028, 1, 31), LATE),
    ("Pacific/Honolulu", date(2028, 2, 29), EARLY),
    ("Pacific/Auckland", date(2028, 1, 31), EARLY),
    ("Pacific/Auckland", date(2028, 2, 29), LATE),
    ("Europe/London", date(2028, 3, 25), LATE),
    ("America/New_York", date(2028, 11, 4), LATE),
    ("Asia/Kathmandu", date(2027, 12, 31), EARLY),
]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]} {case[1]}")
def began(request: pytest.FixtureRequest) -> datetime:
    """When the test begins, a few minutes from midnight where the shop is."""
    zone, day, at = request.param
    return datetime.combine(day, at, ZoneInfo(zone))


@pytest.fixture
def settings(settings: dict[str, Any], began: datetime) -> dict[str, Any]:
    """A shop there."""
    return {**settings, "SHOP_TIMEZONE": str(began.tzinfo)}


@pytest.fixture
def now(app: Flask, sandbox: Sandbox, began: datetime) -> datetime:
    """Both clocks begin then."""
    clock.begin_at(began)
    tell_sandbox(clock.now())
    return clock.now()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_days_are_the_same_wherever_they_are_read(
    began: datetime, driver: Driver, bought: Bought, look: Look, mail_folder: Path
) -> None:
    start, (first, second) = began.date(), driver.refills(bought)
    assert [event.day for event in look()[:10]] == [start + days(28 * each) for each in range(10)]
    assert [first.needed_on, second.needed_on] == [start + relativedelta(months=each) for each in (3, 6)]
    driver.travel(datetime.combine(first.notice_on, began.timetz()))
    told, seen = driver.refill(bought), look()
    assert told.state == "notified"
    assert titled(seen, "Notice of refill 1").day == first.notice_on == clock.today(clock.now())
    assert titled(seen, "Refill 1 is charged").day == told.charge_on == first.needed_on - days(7)
    assert f"Charged on: {written(told.charge_on)}" in announced(mail_folder)
    driver.travel(datetime.combine(told.charge_on, EARLY, began.tzinfo))
    assert titled(look(), "Refill 1 was charged").day == driver.refill(bought).paid_on == told.charge_on


def announced(folder: Path) -> str:
    """The text of the advance notice."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.iterdir()]
    (text,) = [mail.get_body(("plain",)) for mail in mails if mail["Subject"] == "Your next serum refill"]
    return str(text.get_content()) if text is not None else ""

"""A plan's calendar as a calendar app reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from kits import host
from subscriptions.calendar.address import address
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought
from tests.servers.client import Visitor


@dataclass(frozen=True)
class Seen:
    """An event as plain values."""

    uid: str
    day: date
    title: str
    status: str
    sequence: int


Look = Callable[[], list[Seen]]


@pytest.fixture
def plan_id(bought: Bought) -> int:
    """The id of a running plan of ten sessions every four weeks from today: two refills."""
    assert bought.subscription_id is not None
    return bought.subscription_id


@pytest.fixture
def path(plan_id: int) -> Callable[[], str]:
    """The path of its calendar as its pages show it now."""

    def shown() -> str:
        found = urlsplit(address(host.session().get_one(Subscription, plan_id))).path
        host.end_reads()
        return found

    return shown


@pytest.fixture
def look(client: Visitor, path: Callable[[], str]) -> Look:
    """All events that the calendar holds now, in order."""

    def read() -> list[Seen]:
        return [seen(entry) for entry in Calendar.from_ical(client.get(path()).data).events]

    return read


def seen(entry: object) -> Seen:
    """One event of icalendar's."""
    values = entry["UID"], entry["DTSTART"].dt, entry["SUMMARY"], entry["STATUS"], entry["SEQUENCE"]  # type: ignore[index]
    return Seen(str(values[0]), values[1], str(values[2]), str(values[3]), int(values[4]))


def titled(events: list[Seen], title: str) -> Seen:
    """The one event whose title begins so."""
    (found,) = [event for event in events if event.title.startswith(title)]
    return found


def off(events: list[Seen]) -> list[str]:
    """The titles of what does not happen."""
    return [event.title for event in events if event.status == "CANCELLED"]

"""The calendar over HTTP: by its address alone, kept by nobody else, quick to say that nothing changed, RFC 5545."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import update

from kits import clock, host
from shop.customers.tables import Customer
from subscriptions.controls import session_log
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver
from tests.servers.client import Visitor
from tests.subscriptions.calendar.conftest import Look

Path = Callable[[], str]


def lines(data: bytes) -> list[bytes]:
    """The lines as they are sent, folded."""
    assert data.endswith(b"\r\n")
    return data[:-2].split(b"\r\n")


def customer(plan_id: int) -> int:
    found = host.session().get_one(Subscription, plan_id).customer_id
    host.end_reads()
    return found


def test_the_calendar_keeps_to_its_standard(client: Visitor, path: Path) -> None:
    data = client.get(path()).data
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines(data))
    calendar = Calendar.from_ical(data)
    assert [str(calendar[name]) for name in ("VERSION", "CALSCALE", "METHOD")] == ["2.0", "GREGORIAN", "PUBLISH"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\nX-PUBLISHED-TTL:PT12H\r\n" in data
    for event in calendar.events:
        assert not event.errors
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1)
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert event["DTSTAMP"].to_ical().endswith(b"Z")
        assert not [name for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY") if isinstance(event[name], list)]
    assert len({event["UID"] for event in calendar.events}) == len(calendar.events) == 14


def test_it_is_a_private_file_and_touches_no_session(client: Visitor, path: Path) -> None:
    answer = client.get(path())
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_calendar_services_may_fetch_it(client: Visitor, path: Path) -> None:
    barred = re.findall(r"Disallow: (\S+)", client.get("/robots.txt").text)
    assert barred
    assert not path().startswith(tuple(barred))


def test_whoever_has_it_as_it_is_is_told_so(client: Visitor, path: Path, plan_id: int, driver: Driver) -> None:
    known = {"If-None-Match": client.get(path()).headers["ETag"]}
    driver.travel(clock.now() + timedelta(minutes=5), work=False)
    again = client.get(path(), headers=known)
    assert (again.status_code, again.data) == (304, b"")
    session_log.skip(plan_id, 2, actor="customer", now=clock.now())
    assert client.get(path(), headers=known).status_code == 200


def test_it_gives_the_order_away_to_nobody(client: Visitor, path: Path, bought: Bought) -> None:
    said = client.get(path()).text.replace("\r\n ", "")
    assert bought.token not in said
    assert "buyer" not in said


@pytest.mark.parametrize("spoil", [lambda token: token[:-1], lambda token: token[1:], lambda _: "W10", lambda _: "x.y"])
def test_an_address_that_we_did_not_sign_finds_nothing(
    client: Visitor, path: Path, spoil: Callable[[str], str]
) -> None:
    token = path().removeprefix("/calendar/").removesuffix(".ics")
    assert client.get(f"/calendar/{spoil(token)}.ics").status_code == 404


def test_signing_out_everywhere_makes_a_new_address(client: Visitor, path: Path, plan_id: int) -> None:
    old = path()
    theirs = update(Customer).where(Customer.id == customer(plan_id)).values(sign_ins=Customer.sign_ins + 1)
    with host.unit() as session:
        session.execute(theirs)
    assert client.get(old).status_code == 404
    assert client.get(path()).status_code == 200


def test_nothing_is_shown_of_who_was_erased(client: Visitor, path: Path, plan_id: int) -> None:
    with host.unit() as session:
        session.execute(update(Customer).where(Customer.id == customer(plan_id)).values(erased_at=clock.now()))
    assert client.get(path()).status_code == 404


def test_two_plans_have_calendars_of_their_own(client: Visitor, look: Look, driver: Driver) -> None:
    mine = {event.uid for event in look()}
    other = driver.buy()
    page = client.get(f"/orders/{other.token}").text
    (address,) = re.findall(r'href="http[^"]+(/calendar/[^"]+)"', page)
    theirs = {str(event["UID"]) for event in Calendar.from_ical(client.get(address).data).events}
    assert len(theirs) == len(mine)
    assert not theirs & mine


def test_the_order_shows_both_ways_in(client: Visitor, path: Path, bought: Bought) -> None:
    page = client.get(f"/orders/{bought.token}").text
    assert re.search(rf'href="webcal://[^/"]+{re.escape(path())}">Add to your calendar<', page)
    assert re.search(rf'href="https?://[^/"]+{re.escape(path())}"', page)

"""What people and programs get wrong, and the proof that nothing came of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from kits import host
from kits.tables import Base
from shop.sandbox.events.signing import sign
from tests.servers.sandbox import SECRET

NOT_COUNTED = "shop_rate_window"
NUL, HUGE = "A\x00B", 10**9

SESSIONS, WEEKS = "Choose 6 to 10 sessions", "Leave 2 to 4 weeks between"
HOW_MANY, WHEN = "Choose a quantity from 1 to 10", "Choose a start from today to 90 days ahead"
# What a plan form may hold, by the sentence it is refused with; a start that is a number is that many days from today.
PLANS: list[tuple[str, Any, str]] = [
    *(("sessions", value, SESSIONS) for value in (5, 11, 0, -6)),
    *(("sessions", value, "Choose how many sessions") for value in (HUGE, "", "abc", "6.5", NUL)),
    *(("every_weeks", value, WEEKS) for value in (1, 5)),
    *(("every_weeks", value, "Choose how many weeks") for value in (HUGE, "", "two", NUL)),
    *(("start", value, WHEN) for value in (-1, 91, "0001-01-01")),
    *(("start", value, "Choose the day of your first session") for value in ("", "soon", "2027-02-30", NUL)),
    ("start", "9999-12-31", "Choose an earlier start"),
    *(("quantity", value, HOW_MANY) for value in (0, 11, -1)),
    *(("quantity", value, "Choose how many kits") for value in (HUGE, "", "abc", NUL)),
]
CHECKOUTS: list[tuple[str, str | None, str]] = [
    ("accepted", None, "Please read the notice and tick the box"),
    ("accepted", "0", "Please read the notice and tick the box"),
    ("accepted", "maybe", "Please read the notice and tick the box"),
    *(("version-mesotherapy-kit", value, "The notice has changed") for value in ("0", "", None, NUL)),
    *(
        ("email", value, "Please give an e-mail address")
        for value in (None, "", "ada", "ada@example", "a b@example.org")
    ),
    ("email", "a" * 190 + "@example.org", "under 200 characters"),
    ("email", "ada\x00@example.org", "we cannot read"),
    ("name", None, "Please give your name"),
    ("name", "   ", "Please give your name"),
    ("name", "A" * 121, "under 120 characters"),
    ("name", NUL, "we cannot read"),
    ("line1", "", "Please give the street"),
    ("line1", "A" * 201, "under 200 characters"),
    ("city", "", "Please give your city"),
    ("city", "A" * 101, "under 100 characters"),
    ("postcode", "", "Please give your postcode"),
    ("postcode", "A" * 13, "under 12 characters"),
    ("postcode", "12345", "Please give a UK postcode"),
    ("line2", "A" * 201, "under 200 characters"),
    ("line2", NUL, "we cannot read"),
    ("shipping", "by owl", "Choose one of these"),
    ("shipping", NUL, "we cannot read"),
    ("discount", "NOSUCH", "This code is not known"),
    ("discount", "A" * 300, "This code is not known"),
    ("discount", NUL, "we cannot read"),
    *(("due-standard", value, "open for too long") for value in ("", "-1", "x", "9" * 10)),
    *(("later", value, "open for too long") for value in (None, "", "-1", "x", "9" * 10)),
    ("due-standard", "8800", "£89.00 is due today, not £88.00"),
    ("later", "9700", "£98.00 later for refills"),
    *(("country", value, "We deliver to") for value in ("XX", None, "gb")),
    ("country", NUL, "we cannot read"),
    *(("submission", value, "open for too long") for value in (None, "", "of-someone-else")),
]
LEFT_OUT = object()
# Where in the body of an order something stands instead.
BODIES: list[tuple[str, Any]] = [
    *(("lines.0.plan.sessions", value) for value in (5, 11, 0, HUGE, 10**30, "10", 10.0, True, None, LEFT_OUT)),
    *(("lines.0.plan.every_weeks", value) for value in (1, 5, HUGE, "4", [], LEFT_OUT)),
    *(("lines.0.plan.start", value) for value in (-1, 91, "0001-01-01", "9999-12-31", "soon", 20270104, LEFT_OUT)),
    *(("lines.0.quantity", value) for value in (0, -1, 11, HUGE, "abc", 1.5, None)),
    *(("lines.0.kit", value) for value in (NUL, "", "k" * 101, 7, LEFT_OUT)),
    *(("lines.0.refills", value) for value in ("yes", 1, None)),
    *(("lines.0.plan", value) for value in (None, [], "10", LEFT_OUT)),
    *(("lines", value) for value in ([], {}, None, LEFT_OUT)),
    *(("email", value) for value in ("", "ada", NUL, "a" * 190 + "@example.org", 7, ["ada@example.org"], LEFT_OUT)),
    *(("name", value) for value in ("", NUL, "A" * 121, {}, LEFT_OUT)),
    *(("address.line1", value) for value in ("", NUL, "A" * 201, LEFT_OUT)),
    *(("address.city", value) for value in ("", "A" * 101, LEFT_OUT)),
    *(("address.postcode", value) for value in ("", "A" * 13, LEFT_OUT)),
    *(("address.country", value) for value in ("XX", "gb", "", LEFT_OUT)),
    *(("address", value) for value in (None, "1 High Street", LEFT_OUT)),
    *(("acknowledgement.accepted", value) for value in (False, "true", 1, None, LEFT_OUT)),
    *(("acknowledgement.version", value) for value in ("0", "", NUL, 1, LEFT_OUT)),
    *(("acknowledgement", value) for value in (None, True, LEFT_OUT)),
    ("shipping", "by owl"),
    ("discount", "CHEAP"),
    ("no_such_field", 1),
]


EVENT = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "data": {"object": {"id": "cs_1"}}}
GOOD_EVENT = json.dumps(EVENT).encode()
NO_EVENTS = [b"[]", b"null", b'"evt_1"', b"7", b"{}", b"{", b"", b"\xff\xfe", b'{"id": "evt_1"}', GOOD_EVENT[:-1]]


def signatures_not_of_now() -> dict[str, str | None]:
    """Headers for GOOD_EVENT that Stripe did not make, or made long ago."""
    at, right = int(time.time()), sign(SECRET, GOOD_EVENT, int(time.time()))
    late = sign(SECRET, GOOD_EVENT, at - 600)
    return {
        "unsigned": None,
        "empty": "",
        "nonsense": "t=now,v1=x",
        "of another": sign("whsec_of_another", GOOD_EVENT, at),
        "late": late,
        "late with a new time": late.replace(f"t={at - 600}", f"t={at}"),
        "of another body": sign(SECRET, GOOD_EVENT + b" ", at),
        "not the kind we check": right.replace("v1=", "v0="),
    }


T = TypeVar("T", bound=tuple[Any, ...])


def by_field(cases: Iterable[T]) -> dict[str, list[T]]:
    """The cases of each field, or part of a body: a test each."""
    found: dict[str, list[T]] = {}
    for case in cases:
        found.setdefault(case[0].partition(".")[0], []).append(case)
    return found


def instead(body: Any, where: str, value: Any) -> None:
    """Put `value` where the dotted path says, or take away what stands there."""
    *path, last = where.split(".")
    for step in path:
        body = body[int(step)] if step.isdigit() else body[step]
    if value is LEFT_OUT:
        del body[last]
    else:
        body[last] = value


def as_day(value: Any, today: date) -> Any:
    """Small numbers are days from today; all else stays what it is."""
    return (today + timedelta(days=value)).isoformat() if isinstance(value, int) and abs(value) < 1000 else value


@contextmanager
def nothing_changed() -> Iterator[None]:
    """No row of any table is new, gone or different afterwards, but for the counting of requests."""
    before = _everything()
    yield
    after = _everything()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


def _everything() -> dict[str, list[str]]:
    session = host.session()
    try:
        tables = [table for table in Base.metadata.sorted_tables if table.name != NOT_COUNTED]
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}
    finally:
        host.end_reads()

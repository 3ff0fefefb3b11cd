"""A plan's events as iCalendar (RFC 5545), published for calendar apps that come back for it.

SEQUENCE is the number of seconds from the plan's making to this reading. A
change that came later is thus always read with a greater one, also when it
takes something back, and nothing must be counted or kept; whoever reads twice
without a change between is answered by the ETag, which knows no time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar
from icalendar import Event as Entry

from shop.links import external
from subscriptions.calendar.events import Event
from subscriptions.tables import Subscription

REFRESH = timedelta(hours=12)


def etag(events: Iterable[Event]) -> str:
    """The same for the same events, whenever they are read."""
    return hashlib.sha256(repr(tuple(events)).encode()).hexdigest()[:32]


def written(plan: Subscription, events: Iterable[Event], now: datetime) -> bytes:
    """The whole calendar."""
    calendar = Calendar()
    for name, value in (("prodid", "-//Refillery//Plan//EN"), ("version", "2.0"), ("calscale", "GREGORIAN")):
        calendar.add(name, value)
    calendar.add("method", "PUBLISH")
    title = f"Plan of order {plan.order.number}"
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESH // timedelta(hours=1)}H")
    sequence = max(0, int((now - plan.made_at).total_seconds()))
    for event in events:
        calendar.add_component(_entry(plan, event, sequence, now))
    ical: bytes = calendar.to_ical()
    return ical


def _entry(plan: Subscription, event: Event, sequence: int, now: datetime) -> Entry:
    entry = Entry()
    # The order's own link would let whoever reads the calendar change the plan, so it points to the account.
    account = external("refillery_account.home")
    values: dict[str, object] = {
        "uid": _uid(plan, event),
        "dtstamp": now.replace(microsecond=0),
        "sequence": sequence,
        "dtstart": event.day,
        "dtend": event.day + timedelta(days=1),
        "summary": event.title,
        "status": event.status,
        "transp": "TRANSPARENT",
        "class": "PRIVATE",
        "url": account,
        "description": f"Your plan: {account}",
    }
    for name, value in values.items():
        entry.add(name, value)
    return entry


def _uid(plan: Subscription, event: Event) -> str:
    """The event's name in the whole world, for good: from what is random in the order, which cannot be read from it."""
    return str(uuid5(NAMESPACE_URL, f"refillery:{plan.order.token}:{plan.id}:{event.key}"))

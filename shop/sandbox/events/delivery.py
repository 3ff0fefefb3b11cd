"""Takes events to the webhook endpoints: in the background, again and again, across restarts."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from shop.sandbox.events.disorder import Disorder
from shop.sandbox.events.record import CONFIGURED
from shop.sandbox.events.signing import sign
from shop.sandbox.store.database import Database
from shop.sandbox.store.documents import Unit
from shop.sandbox.wire.answering import write

PATIENCE = 10.0
"""Seconds an endpoint may take to answer."""
MOST_TRIES = 16
LONGEST_WAIT = 300.0
AT_ONCE = 4
BATCH = 32


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: int
    event: str
    endpoint: str
    tries: int


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to, and the secret to sign with."""

    url: str
    secret: str


class Deliverer:
    """Sends what is due; `first_wait` is the seconds before the second try, doubled for each one after."""

    def __init__(self, database: Database, configured: Endpoint | None, *, first_wait: float) -> None:
        self._database = database
        self._configured = configured
        self._first_wait = first_wait
        self.held = False
        self.disorder = Disorder()

    def deliver_due(self, now: Callable[[], int]) -> int:
        """Send a batch of what is due by real time; gives how many were tried. Nothing while held."""
        if self.held:
            return 0
        found = self._due()
        due = [delivery for delivery in found if not self._put_off(delivery)]
        if due:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda delivery: self._try(delivery, now()), due))
        return len(found)

    def waiting(self) -> int:
        """How many deliveries are still to be made, now or later."""
        with self._database.transaction() as connection:
            return int(connection.execute("SELECT count(*) FROM deliveries WHERE due IS NOT NULL").fetchone()[0])

    def _put_off(self, delivery: Delivery) -> bool:
        """True when it is made later; it may be made once more, too."""
        late, twice = self.disorder.drawn(delivery.id)
        if not late and not twice:
            return False
        with self._database.transaction() as connection:
            if late:
                connection.execute("UPDATE deliveries SET due = ? WHERE id = ?", (time.time() + late, delivery.id))
            if twice:
                copy = (delivery.event, delivery.endpoint, time.time() + twice)
                connection.execute("INSERT INTO deliveries (event, endpoint, due) VALUES (?, ?, ?)", copy)
        return late > 0

    def _due(self) -> list[Delivery]:
        with self._database.transaction() as connection:
            if self._configured is None:
                connection.execute(
                    "UPDATE deliveries SET due = NULL, outcome = 'nobody' WHERE endpoint = ? AND due IS NOT NULL",
                    (CONFIGURED,),
                )
            rows = connection.execute(
                "SELECT id, event, endpoint, tries FROM deliveries WHERE due <= ? ORDER BY due, id LIMIT ?",
                (time.time(), BATCH),
            ).fetchall()
        return [Delivery(*row) for row in rows]

    def _try(self, delivery: Delivery, now: int) -> None:
        status = self.send(delivery.event, delivery.endpoint, now)
        delivered = status is not None and 200 <= status < 300
        tries = delivery.tries + 1
        wait = min(self._first_wait * 2**delivery.tries, LONGEST_WAIT)
        due = None if delivered or tries >= MOST_TRIES else time.time() + wait
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET tries = ?, due = ?, outcome = ? WHERE id = ?",
                (tries, due, str(status), delivery.id),
            )
            if delivered:
                _count_down(Unit(connection, now), delivery.event)

    def send(self, event: str, endpoint: str, now: int) -> int | None:
        """Send one event to one endpoint now; its HTTP status, or None when it could not be reached."""
        with self._database.transaction() as connection:
            unit = Unit(connection, now)
            document = unit.get("event", event)
            target = self._configured if endpoint == CONFIGURED else _registered(unit, endpoint)
        return post(target, write(document).encode()) if document and target else None

    def endpoints(self, event: str) -> list[str]:
        """The endpoints an event was meant for."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT DISTINCT endpoint FROM deliveries WHERE event = ?", (event,)).fetchall()
        return [endpoint for (endpoint,) in rows if endpoint != CONFIGURED or self._configured]


def _registered(unit: Unit, identifier: str) -> Endpoint | None:
    endpoint = unit.get("webhook_endpoint", identifier)
    return Endpoint(endpoint["url"], endpoint["secret"]) if endpoint else None


def _count_down(unit: Unit, identifier: str) -> None:
    event = unit.get("event", identifier)
    if event and event["pending_webhooks"]:
        event["pending_webhooks"] -= 1
        unit.put(event)


def post(endpoint: Endpoint, body: bytes) -> int | None:
    """POST a signed body; redirects are not followed, as Stripe does not."""
    url = urlsplit(endpoint.url)
    secure = url.scheme == "https"
    make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": sign(endpoint.secret, body, int(time.time())),
    }
    try:
        connection = make(url.hostname or "", url.port, timeout=PATIENCE)
        try:
            connection.request("POST", (url.path or "/") + (f"?{url.query}" if url.query else ""), body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return None

"""One budget of requests to Stripe over all workers: so many a second for the account, and for each endpoint.

A row for each says when the next request may leave, by the database's clock;
whoever wants turns moves it on by one conditional update, for some turns at a
time, so that the row is no bottleneck. Workers take four fifths of what Stripe allows in the long run,
and no more than all of it in any one second.

Requests of pages do not wait: a customer does. They are few, go to other
endpoints than charges, and the last fifth is theirs. When Stripe refuses a
request for its rate, whoever made it, all workers pause.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import Float, bindparam, case, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from kits import host
from kits.engines import writing_alone
from kits.settings import setting
from kits.tables import Row
from shop.payments.gateway.contract import Unavailable
from shop.work.leases import database_seconds
from shop.work.running.performing import is_worker

ACCOUNT = "account"
SHARE = 0.8
"""What workers take of the limit in the long run."""
AT_ONCE, AHEAD = 0.15 / SHARE, 0.05
"""Seconds' worth of turns that may be taken at once after a rest, and that a process may take ahead of their use.

In one second, then, at most 80% + 15% + 5% of the limit.
"""
STALE = 0.25
"""Seconds after which a turn that was taken ahead is not used any more."""
LONGEST_WAIT = 5.0
"""Seconds. Who would wait longer leaves the thread to others and comes back; it takes no turn.

Or what is due during a pause would take every turn after it, and find none near enough when it comes back.
"""
FIRST_PAUSE, LONGEST_PAUSE, FORGOTTEN_AFTER = 0.5, 30.0, 60.0
NOT_THE_RATE = ("lock_timeout", "resource-specific")
_KEY = "refillery_turns"


class NotYet(Unavailable):
    """It is not our turn to ask, and nothing was asked. `wait` says in how many seconds it may be."""

    failed = False


class RequestBudget(Row):
    """When requests may leave, in seconds by the database's clock: `name` is `account` or an endpoint."""

    __tablename__ = "shop_request_budget"

    name: Mapped[str] = mapped_column(unique=True)
    next_at: Mapped[float] = mapped_column(Float)
    closed_until: Mapped[float] = mapped_column(Float, doc="until when Stripe's last refusal keeps us")
    refusals: Mapped[int] = mapped_column(doc="how often in a row it has refused")


_ROW = RequestBudget.__table__.c
_EARLIEST = database_seconds() - AT_ONCE
_TAKE = (
    update(RequestBudget.__table__)  # type: ignore[arg-type]
    .where(_ROW.name == bindparam("budget"), _ROW.next_at <= database_seconds() + LONGEST_WAIT)
    .values(next_at=case((_ROW.next_at > _EARLIEST, _ROW.next_at), else_=_EARLIEST) + bindparam("span", type_=Float))
    .returning(_ROW.next_at - database_seconds())
)
_FAR = select(_ROW.next_at - database_seconds()).where(_ROW.name == bindparam("budget"))
_SEEN = select(_ROW.closed_until - database_seconds(), _ROW.closed_until, _ROW.refusals)


class Turns:
    """The turns that this process has taken of one budget, in its own running clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead: deque[float] = deque()

    def next(self, fetch: Callable[[], list[float]]) -> float:
        """When the next one is; `fetch` takes some more, once for all threads that wait for one."""
        with self._lock:
            while self._ahead and self._ahead[0] < time.monotonic() - STALE:
                self._ahead.popleft()
            if not self._ahead:
                self._ahead.extend(fetch())
            return self._ahead.popleft()

    def forget(self) -> None:
        """Those that were taken ahead are not used."""
        with self._lock:
            self._ahead.clear()


def endpoint_of(method: str, url: str) -> str:
    """What Stripe counts by: `POST /v1/payment_intents/*/confirm`."""
    path = re.sub(r"/(?!v\d/)[^/]*\d[^/]*", "/*", urlsplit(url).path)
    return f"{method.upper()} {path}"


def take(endpoint: str) -> None:
    """Wait for the turn of a worker's request; anybody else's goes at once.

    Raises NotYet, with the wait, when it is more than a few seconds away.
    """
    if not is_worker():
        return
    turns = [_turns(name).next(partial(_fetch, name, SHARE * limit)) for name, limit in _budgets(endpoint)]
    time.sleep(max(0.0, max(turns, default=0.0) - time.monotonic()))


def refused(endpoint: str, retry_after: str | None, reason: str | None) -> None:
    """Stripe has refused a request for its rate: no worker asks for a while, longer each time in a row.

    `reason` is Stripe's `Stripe-Rate-Limited-Reason`, or the error's code.
    """
    if reason in NOT_THE_RATE:  # another request is at the same object
        return
    of_endpoint = bool(reason and reason.startswith("endpoint"))
    name = endpoint if of_endpoint else ACCOUNT
    if dict(_budgets(endpoint)).get(name):
        _close(name, float(retry_after) if retry_after and retry_after.isdigit() else 0.0)


def _close(name: str, at_least: float) -> None:
    with writing_alone(host.alone()) as connection:
        seen = connection.execute(_SEEN.where(_ROW.name == name)).first()
    left, until, refusals = seen or (-FORGOTTEN_AFTER, 0.0, 0)
    if left > 0:  # one refusal of many at once counts
        return
    refusals = refusals + 1 if left > -FORGOTTEN_AFTER else 1
    pause = max(at_least, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(refusals, 10)) * random.uniform(0.5, 1))  # noqa: S311
    closed = database_seconds() + pause
    after = case((_ROW.next_at > closed, _ROW.next_at), else_=closed)
    same = update(RequestBudget).where(_ROW.name == name, _ROW.closed_until == until)
    if seen is None:
        _enter(name)
    with writing_alone(host.alone()) as connection:
        connection.execute(same.values(closed_until=closed, next_at=after, refusals=refusals))
    _turns(name).forget()


def _budgets(endpoint: str) -> list[tuple[str, float]]:
    """Their names and limits. The endpoint's comes first: who finds it closed takes no turn of the account's."""
    limits = ((endpoint, setting("STRIPE_ENDPOINT_PER_SECOND")), (ACCOUNT, setting("STRIPE_REQUESTS_PER_SECOND")))
    return [(name, float(limit)) for name, limit in limits if limit]


def _turns(name: str) -> Turns:
    kept: dict[str, Turns] = current_app.extensions.setdefault(_KEY, {})
    return kept.setdefault(name, Turns())


def _fetch(name: str, rate: float) -> list[float]:
    """Take some turns; when they are, in the running clock. Raises NotYet, with the wait, where that is long."""
    number = max(1, int(rate * AHEAD))
    given = {"budget": name, "span": number / rate}
    left = _taken(given)
    if left is None:
        _enter(name)
        left = _taken(given) or 0.0
    last = time.monotonic() + left
    return [last - n / rate for n in range(number, 0, -1)]


def _taken(given: dict[str, object]) -> float | None:
    with writing_alone(host.alone()) as connection:
        left = connection.execute(_TAKE, given).scalar()
        far = connection.execute(_FAR, given).scalar() if left is None else None
    if far is not None:
        late = NotYet("Stripe has as many of our requests as it takes.")
        late.wait = far
        raise late
    return left


def _enter(name: str) -> None:
    row = insert(RequestBudget).values(name=name, next_at=0.0, closed_until=0.0, refusals=0)
    try:
        with writing_alone(host.alone()) as connection:
            connection.execute(row)
    except IntegrityError:
        pass  # another worker was first

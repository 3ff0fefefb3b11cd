"""Things that are wrong, written straight into the tables, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from kits import host
from kits.clock import now as business_time
from shop.payments.tables import Payment, PaymentAttempt, WebhookEvent
from shop.watching.reading import look
from shop.watching.tables import Worker
from shop.work.leases import database_seconds
from shop.work.outbox import Letter, post
from tests.shop.admin.conftest import paid, placed, staff  # noqa: F401


@pytest.fixture
def figures(app: Flask) -> Callable[..., dict[str, int]]:
    """`figures(now)`: those that are not 0."""

    def read(now: datetime | None = None) -> dict[str, int]:
        found = look(host.session(), now or business_time()).figures
        host.end_reads()
        return {kind: figure for kind, figure in found.items() if figure}

    return read


def a_worker(ago: float, **more: Any) -> None:
    """A worker that was last seen so many seconds ago."""
    seen = {"started": database_seconds() - 4000, "seen": database_seconds() - ago, **more}
    with host.unit() as session:
        session.execute(insert(Worker).values(name=f"w{ago}", host="here", pid=7, in_hand=3, **seen))


def a_mail(at: datetime, key: str = "m") -> None:
    """A mail that is queued since then."""
    with host.unit() as session:
        post(session, key, "ada@example.org", Letter("s", "t", "h"), now=at)


def an_event(at: datetime, *, done: bool, number: int = 1) -> None:
    """An event that came then."""
    about = {"event_id": f"evt_{number}", "type": "x", "object_id": "y", "body": "{}", "received_at": at}
    with host.unit() as session:
        session.add(WebhookEvent(processed_at=at if done else None, **about))


def a_payment(order_id: int, at: datetime, means: str | None = None) -> None:
    """Money that came then, through the gateway or by other means."""
    intent = None if means else f"pi_{at}"
    with host.unit() as session:
        session.add(Payment(order_id=order_id, intent_id=intent, means=means, amount=1, currency="GBP", paid_at=at))


def an_attempt(order_id: int, at: datetime, **more: Any) -> None:
    """An attempt that was begun then."""
    about = {"way": "saved_card", "key": f"k{at}{more}", "amount": 1, "currency": "GBP", "number": 90, **more}
    with host.unit() as session:
        session.add(PaymentAttempt(order_id=order_id, started_at=at, **about))

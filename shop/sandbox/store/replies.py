"""Answers kept under idempotency keys (https://docs.stripe.com/api/idempotent_requests)."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass

KEPT_FOR = 24 * 60 * 60
"""Seconds of real time that an answer is replayed for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A stored answer: HTTP status, JSON text, the id of the request that made it, and what that request was."""

    status: int
    body: str
    request: str
    fingerprint: str = ""
    address: str = ""


def find_reply(connection: sqlite3.Connection, key: str) -> Reply | None:
    """The answer kept under `key`, unless it is too old."""
    row = connection.execute(
        "SELECT status, body, request, fingerprint, address FROM replies WHERE key = ? AND stored_at > ?",
        (key, time.time() - KEPT_FOR),
    ).fetchone()
    return Reply(*row) if row else None


def keep_reply(connection: sqlite3.Connection, key: str, reply: Reply) -> None:
    """Keep an answer, in the transaction of what it answers."""
    row = (key, reply.fingerprint, reply.address, reply.status, reply.body, reply.request, time.time())
    connection.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def forget_old_replies(connection: sqlite3.Connection) -> int:
    """Drop answers that are too old to be replayed; gives how many."""
    return connection.execute("DELETE FROM replies WHERE stored_at <= ?", (time.time() - KEPT_FOR,)).rowcount

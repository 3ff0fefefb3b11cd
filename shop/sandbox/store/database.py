"""The one SQLite file, and the lock that makes every request one step after another."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    customer TEXT, payment_intent TEXT, charge TEXT, type TEXT, status TEXT,
    expires_at INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_kind ON documents (kind, seq);
CREATE INDEX IF NOT EXISTS by_customer ON documents (kind, customer, seq) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_intent ON documents (kind, payment_intent, seq) WHERE payment_intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_charge ON documents (kind, charge, seq) WHERE charge IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_type ON documents (kind, type, seq) WHERE kind = 'event';
CREATE INDEX IF NOT EXISTS by_status ON documents (kind, status, seq) WHERE kind IN ('charge', 'checkout.session');
CREATE INDEX IF NOT EXISTS by_expiry ON documents (expires_at) WHERE status = 'open';
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, address TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, request TEXT NOT NULL, stored_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS replies_by_age ON replies (stored_at);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL, endpoint TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, due REAL, outcome TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Database:
    """One connection behind one lock: requests run one after another, which is what makes races come out right.

    Nothing slow may happen inside `transaction()`: delays and deliveries stay outside.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file at `path`; its folder is made too."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=15)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything done inside is kept together, or not at all when an exception leaves the block."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def setting(self, name: str, default: str) -> str:
        """A stored setting, or `default`."""
        with self.transaction() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def set(self, name: str, value: str) -> None:
        """Store a setting."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Close the file; later use raises `sqlite3.ProgrammingError`."""
        with self._lock:
            self._connection.close()

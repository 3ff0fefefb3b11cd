"""Idempotency keys: the same request twice has one effect and one answer."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shop.sandbox.errors import BadParameter, KeyInUse, KeyMisused
from shop.sandbox.store.database import Database
from shop.sandbox.store.replies import Reply, find_reply

LONGEST_KEY = 255


class Keys:
    """Which keys are in use now, and what was answered under the others."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def claim(self, key: str | None, fingerprint: str, address: str) -> Iterator[Reply | None]:
        """Hold `key` while the request runs; gives the kept answer when there is one.

        KeyInUse when another request holds it, KeyMisused when it was kept for another request.
        """
        if key is None:
            yield None
            return
        if len(key) > LONGEST_KEY:
            raise BadParameter(f"Idempotency keys must be at most {LONGEST_KEY} characters.")
        self._take(key)
        try:
            yield self._kept(key, fingerprint, address)
        finally:
            with self._lock:
                self._running.discard(key)

    def _take(self, key: str) -> None:
        with self._lock:
            if key in self._running:
                message = "There is currently another in-progress request using this Idempotent Key (that probably"
                message += " means you submitted twice, and the other request is still going through). Please try"
                message += " again later."
                raise KeyInUse(message, code="idempotency_key_in_use")
            self._running.add(key)

    def _kept(self, key: str, fingerprint: str, address: str) -> Reply | None:
        with self._database.transaction() as connection:
            reply = find_reply(connection, key)
        if reply and reply.address != address:
            message = "Keys for idempotent requests can only be used for the same endpoint they were first used for"
            raise KeyMisused(f"{message} ('{address}' vs '{reply.address}'). Try using a key other than '{key}'.")
        if reply and reply.fingerprint != fingerprint:
            message = "Keys for idempotent requests can only be used with the same parameters they were first used"
            message += f" with. Try using a key other than '{key}' if you meant to execute a different request."
            raise KeyMisused(message)
        return reply


def fingerprint(pairs: list[tuple[str, str]]) -> str:
    """The same for the same parameters in whatever order."""
    return hashlib.sha256(repr(sorted(pairs)).encode()).hexdigest()

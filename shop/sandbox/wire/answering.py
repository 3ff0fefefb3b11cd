"""From a request to its answer: key, idempotency, faults, checks, execution, expansion."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from shop.sandbox.clock import Clock
from shop.sandbox.errors import KeyInUse, ServerFailed, StripeError, TooManyRequests, Unauthenticated
from shop.sandbox.store.database import Database
from shop.sandbox.store.documents import Document, Unit
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.store.replies import Reply, keep_reply
from shop.sandbox.wire.answers import check_expand, present
from shop.sandbox.wire.calls import Call
from shop.sandbox.wire.checks import check
from shop.sandbox.wire.faults import Fault, Faults
from shop.sandbox.wire.forms import build_tree, read_pairs
from shop.sandbox.wire.keys import Keys, fingerprint
from shop.sandbox.wire.operations import Operation

Handler: TypeAlias = Callable[[Call], Document]


class HangUp(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """What came over the wire; `text` is the query of a GET, the body of anything else."""

    method: str
    path: str
    text: bytes
    authorization: str
    key: str | None
    base_url: str
    ids: dict[str, str]
    id: str = field(default_factory=lambda: new_id("req"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `original` is the id of the request it is a replay of."""

    status: int
    body: str
    original: str | None = None


class Desk:
    """Answers requests; shared by all threads."""

    def __init__(self, database: Database, clock: Clock, *, wake: Callable[[], None]) -> None:
        """`wake` is called when something may be waiting for delivery."""
        self._database = database
        self._clock = clock
        self._wake = wake
        self._keys = Keys(database)
        self.faults = Faults()

    def answer(self, operation: Operation, handler: Handler, request: Request) -> Answer:
        """The answer to `request`, an error's body included; HangUp when a fault eats the connection."""
        try:
            check_key(request.authorization)
            return self._answer(operation, handler, request)
        except StripeError as error:
            return Answer(error.status, error_body(error, request.id))

    def _answer(self, operation: Operation, handler: Handler, request: Request) -> Answer:
        pairs = read_pairs(request.text)
        mark = fingerprint(pairs)
        with self._keys.claim(request.key, mark, request.path) as kept:
            if kept:
                return Answer(kept.status, kept.body, kept.request)
            fault = self.faults.strike(operation.name)
            self._before(fault, request, mark)
            answer = self._execute(operation, handler, request, pairs)
        if request.method != "GET":
            self._wake()
        if fault and fault.mode == "lose_response":
            raise HangUp
        return answer

    def _before(self, fault: Fault | None, request: Request, mark: str) -> None:
        """What a fault does in place of the execution, or ahead of it."""
        if fault is None or fault.mode == "lose_response":
            return
        if fault.mode == "lose_request":
            raise HangUp
        if fault.mode == "delay":
            time.sleep(fault.seconds)
            return
        error = _ERRORS[fault.mode]()
        if error.stored and request.key:
            with self._database.transaction() as connection:
                body = error_body(error, request.id)
                keep_reply(connection, request.key, Reply(error.status, body, request.id, mark, request.path))
        raise error

    def _execute(
        self, operation: Operation, handler: Handler, request: Request, pairs: list[tuple[str, str]]
    ) -> Answer:
        params = check(operation.name, build_tree(pairs))
        paths = params.get("expand", [])
        check_expand(operation, paths)
        with self._database.transaction() as connection:
            unit = Unit(connection, self._clock.now(), request.id, request.key)
            call = Call(unit, params, request.ids, request.base_url, request.path)
            answer = _run(handler, call, paths, request.id)
            if request.key:
                reply = Reply(answer.status, answer.body, request.id, fingerprint(pairs), request.path)
                keep_reply(connection, request.key, reply)
        return answer


def _run(handler: Handler, call: Call, paths: list[str], request: str) -> Answer:
    """An error that is `stored` is an outcome: what happened before it is kept. Any other undoes everything."""
    try:
        return Answer(200, write(present(call.unit, handler(call), paths)))
    except StripeError as error:
        if not error.stored:
            raise
        return Answer(error.status, error_body(error, request))


def check_key(authorization: str) -> None:
    """Unauthenticated unless the header holds a test key, as bearer or as basic user name."""
    scheme, _, credentials = authorization.partition(" ")
    key = credentials.strip()
    if scheme.lower() == "basic":
        key = _user_name(key)
    if not key:
        message = "You did not provide an API key. You need to provide your API key in the Authorization header,"
        raise Unauthenticated(f"{message} using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').")
    if not key.startswith("sk_test_"):
        raise Unauthenticated(f"Invalid API Key provided: {key[:8]}{'*' * 8}")


def _user_name(credentials: str) -> str:
    try:
        return base64.b64decode(credentials).decode().partition(":")[0]
    except ValueError:
        return ""


def write(document: Any) -> str:
    """JSON as the sandbox sends it."""
    return json.dumps(document, separators=(",", ":"))


def error_body(error: StripeError, request: str) -> str:
    """Stripe's error object as JSON."""
    return write({"error": {**error.body, "request_log_url": f"https://dashboard.stripe.com/test/logs/{request}"}})


_ERRORS: dict[str, Callable[[], StripeError]] = {
    "http_500": lambda: ServerFailed("An unknown error occurred."),
    "http_409": lambda: KeyInUse(
        "There is currently another in-progress request using this Idempotent Key.", code="idempotency_key_in_use"
    ),
    "http_429": lambda: TooManyRequests("Request rate limit exceeded.", code="rate_limit"),
    "lock_timeout": lambda: TooManyRequests(
        "This object cannot be accessed right now because another API request or Stripe process is currently accessing"
        " it.",
        code="lock_timeout",
    ),
}

"""Stripe's errors, as the sandbox raises and answers them (https://docs.stripe.com/api/errors)."""

from __future__ import annotations

from typing import Any


class RefusedToStart(RuntimeError):
    """The sandbox stands beside a live key, or was given no test key. Trying again does not help."""


class StripeError(Exception):
    """An answer that is not 200.

    `status` is the HTTP status; `body` holds the members of Stripe's `error` object. `stored` says whether the answer
    is kept under the request's idempotency key (and whatever the request changed is kept with it).
    """

    status = 400
    type = "invalid_request_error"
    stored = False

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None, **more: Any) -> None:
        super().__init__(message)
        given = {"code": code, "message": message, "param": param, **more}
        self.body: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self.body["type"] = self.type
        if code is not None:
            self.body["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


class BadParameter(StripeError):
    """A parameter is unknown, missing or wrong: refused before anything ran, so never stored."""


class NotFound(StripeError):
    """The address names nothing (404)."""

    status = 404


class Unauthenticated(StripeError):
    """No key, or not a test key (401)."""

    status = 401


class WrongState(StripeError):
    """The object does not allow this now; stored, as it was execution that found out."""

    stored = True


class CardDeclined(StripeError):
    """The card said no (402); the failed try is kept and the answer stored."""

    status = 402
    type = "card_error"
    stored = True


class KeyMisused(StripeError):
    """An idempotency key came back with another request."""

    type = "idempotency_error"


class KeyInUse(KeyMisused):
    """A request with this idempotency key is still running (409)."""

    status = 409


class TooManyRequests(StripeError):
    """429."""

    status = 429


class ServerFailed(StripeError):
    """500; stored under the key and replayed, as Stripe does."""

    status = 500
    type = "api_error"
    stored = True


def missing(kind: str, identifier: str, param: str, *, in_address: bool = False) -> StripeError:
    """The error for an id that names nothing: 404 when the address holds it, 400 when a parameter does."""
    error = NotFound if in_address else BadParameter
    noun = {"payment_method": "PaymentMethod"}.get(kind, kind)
    return error(f"No such {noun}: '{identifier}'", code="resource_missing", param=param)

"""Errors as problem documents (RFC 9457): what went wrong, where, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from kits.errors import BadInput, Busy, NotFound, RefilleryError, SoldOut, WrongState
from kits.host import end_reads
from shop.payments.gateway.contract import GatewayError

STATUS: dict[type[RefilleryError], tuple[int, str]] = {
    BadInput: (422, "Some input cannot be taken"),
    NotFound: (404, "Not found"),
    SoldOut: (409, "Sold out"),
    WrongState: (409, "Changed meanwhile"),
    Busy: (503, "Busy just now"),
    GatewayError: (503, "The payment gateway gave no answer"),
}


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """One problem document; `more` are its further members."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    answer = Response(json.dumps(document), status, mimetype="application/problem+json")
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def answer_with_problems(blueprint: Blueprint) -> None:
    """Let `blueprint` answer its errors, ours and HTTP's, with problem documents."""
    blueprint.register_error_handler(RefilleryError, refused)
    blueprint.register_error_handler(ValidationError, not_valid)
    blueprint.register_error_handler(HTTPException, _http)


def refused(error: RefilleryError, **more: Any) -> Response:
    """One of our errors as a problem document."""
    end_reads()
    status, title = next(
        (known for kind, known in STATUS.items() if isinstance(error, kind)),
        (503, "Try again later") if error.retry else (409, "This cannot be done"),
    )
    if isinstance(error, BadInput):
        more["errors"] = [{"field": error.field, "message": error.message}]
    if isinstance(error, SoldOut):
        more["left"] = error.left
    return problem(status, title, str(error), **more)


def not_valid(error: ValidationError) -> Response:
    """What a schema refused, one entry a field: `lines.0.plan.start`."""
    entries = [{"field": field, "message": message} for field, message in _flat(error.messages)]
    return problem(422, "Some input cannot be taken", "See `errors` for what to change.", errors=entries)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, HTTPStatus(status).phrase, error.description or "")
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def _flat(messages: Any, at: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _flat(inner, at if name == "_schema" else f"{at}.{name}".lstrip("."))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, at)
    else:
        yield at or "body", str(messages)

"""The API's doors in Flask: one rule an operation, and Stripe's answer to every other address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from shop.sandbox.errors import NotFound, ServerFailed, StripeError
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.answering import Answer, Desk, Handler, HangUp, Request, error_body
from shop.sandbox.wire.operations import OPERATIONS, Operation

HANG_UP = "sandbox.hang_up"
"""The member of the WSGI environment whose event is set when the server is to close without an answer."""


def open_doors(app: Flask, desk: Desk, handlers: dict[str, Handler], public_url: str | None) -> None:
    """Serve every operation; `public_url` is where browsers reach the hosted pages, else where the call came to."""
    for operation in OPERATIONS:
        view: Callable[..., Response] = partial(_view, desk, operation, handlers[operation.name], public_url)
        app.add_url_rule(operation.rule, operation.name, view, methods=[operation.method])
    app.register_error_handler(404, _unknown)
    app.register_error_handler(405, _unknown)
    app.register_error_handler(500, _failed)


def _view(desk: Desk, operation: Operation, handler: Handler, public_url: str | None, **ids: Any) -> Response:
    asked = Request(
        method=request.method,
        path=request.path,
        text=request.query_string if request.method == "GET" else request.get_data(),
        authorization=request.headers.get("Authorization", ""),
        key=request.headers.get("Idempotency-Key") if request.method == "POST" else None,
        base_url=public_url or request.host_url.rstrip("/"),
        ids=ids,
    )
    try:
        return _respond(desk.answer(operation, handler, asked), asked)
    except HangUp:
        if HANG_UP in request.environ:
            request.environ[HANG_UP].set()
        return Response(status=499)


def _respond(answer: Answer, asked: Request) -> Response:
    response = Response(answer.body, answer.status, mimetype="application/json")
    response.headers["Request-Id"] = asked.id
    if asked.key:
        response.headers["Idempotency-Key"] = asked.key
    if answer.original:
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = answer.original
    if "Stripe-Version" in request.headers:
        response.headers["Stripe-Version"] = request.headers["Stripe-Version"]
    return response


def _unknown(error: HTTPException) -> Response | HTTPException:
    """Stripe's words for an address that is none of its own; other pages keep Flask's answer."""
    if not request.path.startswith("/v1/"):
        return error
    message = f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or we"
    return _tell(NotFound(f"{message} can help at https://support.stripe.com/."))


def _failed(error: HTTPException) -> Response | HTTPException:
    """The sandbox itself has a bug (Flask has logged it): Stripe's shape all the same."""
    return _tell(ServerFailed("The sandbox failed.")) if request.path.startswith("/v1/") else error


def _tell(error: StripeError) -> Response:
    identifier = new_id("req")
    response = Response(error_body(error, identifier), error.status, mimetype="application/json")
    response.headers["Request-Id"] = identifier
    return response

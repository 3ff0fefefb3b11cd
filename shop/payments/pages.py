"""The webhook's address. It is signed, so it needs no CSRF token and has no limit."""

from __future__ import annotations

import logging

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from kits import clock, host
from kits.errors import RefilleryError
from shop import logs
from shop.doors import guard
from shop.payments import webhooks
from shop.payments.gateway.contract import BadSignature

log = logging.getLogger("refillery.payments")
LARGEST_EVENT = 1_000_000


def blueprint() -> Blueprint:
    """`POST /webhooks/stripe`."""
    made = Blueprint("refillery_webhooks", __name__, url_prefix="/webhooks")
    guard(made, csrf=False, limit=None)
    made.post("/stripe")(stripe_event)
    return made


def stripe_event() -> tuple[Response, int]:
    """Keep the event and answer at once; it is worked on when the answer has left."""
    request.max_content_length = LARGEST_EVENT  # also where no length is told
    try:
        body, signature = request.get_data(), request.headers.get("Stripe-Signature", "")
        row_id = webhooks.store(body, signature, now=clock.now())
    except RequestEntityTooLarge:
        return jsonify(error="This is larger than any event of Stripe's."), 413
    except SQLAlchemyError:
        log.exception("an event could not be kept; Stripe sends it again")
        return jsonify(error="This could not be kept. Send it again."), 503
    except BadSignature as error:
        return jsonify(error=str(error)), 400
    answer = jsonify(received=True)
    if row_id is not None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        answer.call_on_close(lambda: _work(app, row_id))
    return answer, 200


def _work(app: Flask, row_id: int) -> None:
    with app.app_context():
        try:
            webhooks.process(row_id, clock.now())
        except Exception as error:
            # Nothing is lost: what is stored and not processed is the webhook duty's.
            host.end_reads()
            expected = isinstance(error, RefilleryError) and error.retry
            log.warning("event row %s is left to the worker: %s", row_id, logs.name_of(error), exc_info=not expected)

"""The calls about Checkout Sessions."""

from __future__ import annotations

from shop.sandbox.checkout.building import new_session
from shop.sandbox.checkout.ending import expire, read_session
from shop.sandbox.errors import WrongState
from shop.sandbox.store.documents import HIDDEN, Document
from shop.sandbox.wire.calls import Call, answer_list, cut_page, merge_metadata


def create(call: Call) -> Document:
    """`POST /v1/checkout/sessions` in `payment` or `setup` mode."""
    return call.unit.put(new_session(call.unit, call.params, call.base_url))


def retrieve(call: Call) -> Document:
    """`GET /v1/checkout/sessions/{session}`."""
    return _find(call)


def _find(call: Call) -> Document:
    return read_session(call.unit, call.find("checkout.session", "session"))


def list_sessions(call: Call) -> Document:
    """`GET /v1/checkout/sessions`."""
    listed = answer_list(call, "checkout.session", "customer", "payment_intent", "status")
    return {**listed, "data": [read_session(call.unit, session) for session in listed["data"]]}


def list_lines(call: Call) -> Document:
    """`GET /v1/checkout/sessions/{session}/line_items`, in the order given."""
    return cut_page(call, _find(call)[HIDDEN]["line_items"])


def update(call: Call) -> Document:
    """`POST /v1/checkout/sessions/{session}`: metadata only."""
    session = _find(call)
    merge_metadata(session, call.params)
    return call.unit.put(session)


def expire_session(call: Call) -> Document:
    """`POST /v1/checkout/sessions/{session}/expire`; only an open one, so a paid one says that it is paid."""
    session = _find(call)
    if session["status"] != "open":
        message = 'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a'
        raise WrongState(f"{message} status of `{session['status']}`.")
    return expire(call.unit, session)

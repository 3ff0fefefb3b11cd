"""Reading an event that was signed: whatever it holds, ids that our tables can keep or a ValueError."""

from __future__ import annotations

import json
from typing import Any

from shop.payments.gateway.contract import EventSeen

LONGEST_ID = 255


def signed_at(signature: str) -> int:
    """The moment in a `Stripe-Signature` header whose signature was found right, in seconds since 1970."""
    return int(next(part for part in signature.split(",") if part.startswith("t="))[2:].split("=")[0])


def read(body: bytes) -> EventSeen:
    """The event; raises ValueError when this is none, RecursionError for one that is folded too deep.

    One about something without an id (`balance.available`), or told in a way that is not ours (a thin event), is an
    event all the same.
    """
    said = json.loads(body.decode())
    event, kind = _word(said, "id"), _word(said, "type")
    if not event or not kind:
        raise ValueError("this is no event")
    data = _part(said, "data")
    about = _part(data, "object")
    return EventSeen(
        id=event,
        type=kind,
        object_id=_word(about, "id"),
        customer=_named(about, "customer") or _named(_part(data, "previous_attributes"), "customer"),
        intent=_named(about, "payment_intent"),
    )


def _named(about: Any, kind: str) -> str | None:
    """The id of the `kind` of thing that this is, or is of: a card that was taken off a customer names them no more."""
    if _word(about, "object") == kind:
        return _word(about, "id") or None
    return _word(about, kind) or _word(_part(about, kind), "id") or None


def _part(said: Any, name: str) -> Any:
    return said.get(name) if isinstance(said, dict) else None


def _word(said: Any, name: str) -> str:
    """A string of printing characters that fits its column; else empty."""
    found = _part(said, name)
    return found if isinstance(found, str) and len(found) <= LONGEST_ID and found.isprintable() else ""

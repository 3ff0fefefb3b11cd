"""Lets a saved card behave like another one later: a good card that declines at the refill."""

from __future__ import annotations

from typing import Any

from shop.sandbox.cards import card_named
from shop.sandbox.errors import missing
from shop.sandbox.store.documents import HIDDEN, Document, Unit


def behave_like(unit: Unit, identifier: str, name: str | None) -> dict[str, Any]:
    """From now on the card plays `name`, or itself when None; ValueError for a name that is no test card's."""
    method = _find(unit, identifier)
    hidden = method[HIDDEN]
    card = card_named(name or hidden["card"])
    if card is None:
        raise ValueError(f"no such test card: {name}")
    hidden["plays"] = card.name
    unit.put(method)
    return behaviour(unit, identifier)


def behaviour(unit: Unit, identifier: str) -> dict[str, Any]:
    """What the card was made as, what it plays now, and whether it was set up for later charges."""
    hidden = _find(unit, identifier)[HIDDEN]
    return {
        "id": identifier,
        "made_as": hidden["card"],
        "behaves_like": hidden["plays"],
        "set_up": hidden["set_up"],
    }


def _find(unit: Unit, identifier: str) -> Document:
    method = unit.get("payment_method", identifier)
    if method is None:
        raise missing("payment_method", identifier, "payment_method", in_address=True)
    return method

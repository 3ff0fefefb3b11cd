"""Lets a saved card behave like another one later: a good card that declines at the refill, or is renewed."""

from __future__ import annotations

from typing import Any

from shop.sandbox.cards import card_named
from shop.sandbox.errors import missing
from shop.sandbox.events.record import differences, emit
from shop.sandbox.store.documents import HIDDEN, Document, Unit

ADVICE = ("advice", "network", "network_advice")


def behave_like(unit: Unit, identifier: str, name: str | None, **advice: str | None) -> dict[str, Any]:
    """From now on the card plays `name`, or itself when None; ValueError for a name that is no test card's.

    `advice` is what comes with its declines: `advice` (Stripe's code), `network` and `network_advice`.
    """
    method = _find(unit, identifier)
    hidden = method[HIDDEN]
    card = card_named(name or hidden["card"])
    if card is None:
        raise ValueError(f"no such test card: {name}")
    hidden["plays"], hidden["advice"] = card.name, advice
    unit.put(method)
    return behaviour(unit, identifier)


def renew(unit: Unit, identifier: str, said: dict[str, Any]) -> Document:
    """The bank has sent a new card, and the network told Stripe: `expires` as MM/YYYY, `last4`; the event says so."""
    method = _find(unit, identifier)
    before = {**method, "card": dict(method["card"])}
    month, year = str(said["expires"]).split("/")
    method["card"] |= {
        "exp_month": int(month),
        "exp_year": int(year),
        "last4": said.get("last4", before["card"]["last4"]),
    }
    if said.get("quietly"):
        return unit.put(method)
    emit(unit, "payment_method.automatically_updated", method, differences(before, method))
    return unit.put(method)


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

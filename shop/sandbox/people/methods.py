"""A customer's cards: making, attaching, detaching, and how each behaves."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NoReturn

from shop.sandbox.cards import Card, Decline, card_named, card_numbered
from shop.sandbox.errors import BadParameter, CardDeclined, missing
from shop.sandbox.events.record import emit
from shop.sandbox.store.documents import HIDDEN, Document, Unit
from shop.sandbox.store.identifiers import new_id
from shop.sandbox.wire.answers import visible
from shop.sandbox.wire.calls import refer


def expires(now: int) -> int:
    """The year in whose December a card expires whose expiry nobody typed: the last of the next decade.

    The same for years, as one card typed in again is the same card.
    """
    year = datetime.fromtimestamp(now, UTC).year
    return year - year % 10 + 19


def new_method(unit: Unit, card: Card, billing: dict[str, Any] | None = None) -> Document:
    """Keep a payment method for one of the test cards, attached to nobody yet."""
    method: Document = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": _address(), "email": None, "name": None, "phone": None, "tax_id": None}
        | (billing or {}),
        "card": _card(card, expires(unit.now)),
        "created": unit.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        HIDDEN: {"card": card.name, "plays": card.name, "set_up": False},
    }
    return unit.put(method)


def _address() -> Document:
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def _card(card: Card, year: int) -> Document:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": year,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def use_method(unit: Unit, identifier: str, param: str = "payment_method") -> Document:
    """The payment method a parameter names; a `pm_card_…` name makes a new one each time, as at Stripe."""
    card = card_named(identifier)
    return new_method(unit, card) if card else refer(unit, "payment_method", identifier, param)


def method_from(unit: Unit, data: dict[str, Any]) -> Document:
    """A new payment method from `payment_method_data` or the parameters of `payment_methods.create`."""
    if data.get("type") != "card":
        raise BadParameter("The sandbox plays cards only.", param="type")
    given = data.get("card") or {}
    number = given.get("number") or given.get("token", "").replace("tok_", "pm_card_", 1)
    card = card_numbered(number) or card_named(number)
    if card is None:
        raise_wrong_number()
    method = new_method(unit, card, _billing(data.get("billing_details")))
    method["card"] |= {name: given[name] for name in ("exp_month", "exp_year") if name in given}
    method["metadata"] = data.get("metadata") or {}
    return unit.put(method)


def _billing(given: Any) -> dict[str, Any]:
    return {name: value or None for name, value in (given or {}).items()}


def raise_wrong_number() -> NoReturn:
    """The number is no card's; nothing was tried."""
    raise CardDeclined("Your card number is incorrect.", code="incorrect_number", param="number")


def played_card(method: Document) -> Card:
    """How the card behaves now: as it was made, or as a test has told it to."""
    card = card_named(method[HIDDEN]["plays"])
    if card is None:
        raise LookupError(method[HIDDEN]["plays"])
    return card


def print_expiry(unit: Unit, method: Document, text: str) -> None:
    """Put MM/YYYY on the card; CardDeclined for what is no month."""
    month, _, year = text.strip().partition("/")
    if not (month.isdecimal() and year.isdecimal() and 1 <= int(month) <= 12 and 2000 <= int(year) <= 2100):
        raise CardDeclined("Your card's expiration month is invalid.", code="invalid_expiry_month", param="exp_month")
    method["card"] |= {"exp_month": int(month), "exp_year": int(year)}
    unit.put(method)


def has_expired(method: Document, now: int) -> bool:
    """Whether the month that stands on the card is over; `now` in epoch seconds."""
    moment = datetime.fromtimestamp(now, UTC)
    return (method["card"]["exp_year"], method["card"]["exp_month"]) < (moment.year, moment.month)


def advised(method: Document, decline: Decline) -> Decline:
    """The decline with what a test wants the bank and the network to advise."""
    return replace(decline, **method[HIDDEN].get("advice", {}))


def attach_to(unit: Unit, identifier: str, customer: str) -> Document:
    """Attach a card to a customer; a card that the bank refuses is not attached (402)."""
    method = use_method(unit, identifier)
    card = played_card(method)
    if method["customer"] not in (None, customer):
        message = "The payment method you provided has already been attached to a customer."
        raise BadParameter(message, code="payment_method_already_attached", param="payment_method")
    if card.decline and not card.attaches:
        raise CardDeclined(**decline_members(card.decline), payment_method=visible(method))
    return join_customer(unit, method, customer)


def join_customer(unit: Unit, method: Document, customer: str, *, set_up: bool = False) -> Document:
    """Attach without asking the bank again: it has just said yes. `set_up` marks it fit for later charges."""
    joined = method["customer"] is None
    method["customer"] = customer
    method[HIDDEN]["set_up"] = method[HIDDEN]["set_up"] or set_up
    unit.put(method)
    if joined:
        emit(unit, "payment_method.attached", method)
    return method


def leave_customer(unit: Unit, method: Document) -> Document:
    """Detach; a method that was attached to nobody cannot be detached, and one that was cannot be used again."""
    if method["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise BadParameter(message, code="payment_method_not_attached")
    before = {"customer": method["customer"]}
    method["customer"] = None
    method[HIDDEN]["spent"] = True
    unit.put(method)
    emit(unit, "payment_method.detached", method, before)
    return method


def decline_members(decline: Decline) -> dict[str, Any]:
    """A decline as the members of Stripe's error object."""
    return {
        "message": decline.message,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "param": decline.param,
    }


def check_customer(unit: Unit, identifier: str) -> None:
    """BadParameter when a parameter `customer` names nobody."""
    customer = unit.get("customer", identifier)
    if customer is None or customer.get("deleted"):
        raise missing("customer", identifier, "customer")

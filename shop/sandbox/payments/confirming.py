"""The one place that takes money: confirming a PaymentIntent with a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from shop.sandbox.cards import EXPIRED, UNAUTHENTICATED, Card, Decline
from shop.sandbox.errors import CardDeclined, WrongState
from shop.sandbox.events.record import emit
from shop.sandbox.payments.charges import advice_members, charge_failed, charge_succeeded
from shop.sandbox.people.methods import advised, decline_members, has_expired, join_customer, played_card
from shop.sandbox.store.documents import HIDDEN, Document, Unit
from shop.sandbox.wire.answers import visible

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
NOT_HANDLED = Decline(UNAUTHENTICATED.code, UNAUTHENTICATED.message, "authentication_not_handled")
FAILED_AUTHENTICATION = Decline(
    "payment_intent_authentication_failure",
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an intent is confirmed: whether the customer is there, what to do when the bank wants to see them."""

    off_session: bool = False
    error_on_requires_action: bool = False
    authenticated: bool = False
    next_action: Document | None = None


def refuse_unless(intent: Document, states: tuple[str, ...], act: str) -> None:
    """WrongState `payment_intent_unexpected_state` when the intent is in none of `states`."""
    if intent["status"] in states:
        return
    message = f"You cannot {act} this PaymentIntent because it has a status of {intent['status']}."
    if intent["status"] == "succeeded" and act == "confirm":
        message = f"{message[:-1]}. This PaymentIntent has already succeeded; it cannot be confirmed again."
    raise WrongState(message, code="payment_intent_unexpected_state", payment_intent=visible(intent))


def confirm(unit: Unit, intent: Document, method: Document, attempt: Attempt) -> Document:
    """Try to take the money. The intent becomes `succeeded` or `requires_action`, or CardDeclined leaves it
    `requires_payment_method` with `last_payment_error` and, if the bank was asked, a failed charge."""
    refuse_unless(intent, CONFIRMABLE, "confirm")
    intent["payment_method"] = method["id"]
    card = played_card(method)
    if not attempt.authenticated and _asks(card, method, attempt):
        return _ask(unit, intent, method, attempt)
    decline = EXPIRED if has_expired(method, unit.now) else card.decline
    if decline:
        _decline(unit, intent, method, advised(method, decline), asked_bank=True)
    return _succeed(unit, intent, method, attempt)


def _asks(card: Card, method: Document, attempt: Attempt) -> bool:
    """Whether the bank wants the customer to authenticate (https://docs.stripe.com/testing#authentication)."""
    if card.authentication == "until_set_up":
        return not method[HIDDEN]["set_up"]
    if card.authentication == "on_session":
        return not attempt.off_session
    return card.authentication == "always"


def _ask(unit: Unit, intent: Document, method: Document, attempt: Attempt) -> Document:
    if attempt.off_session:
        _decline(unit, intent, method, UNAUTHENTICATED, asked_bank=True)
    if attempt.error_on_requires_action:
        _decline(unit, intent, method, NOT_HANDLED, asked_bank=False)
    intent |= {"status": "requires_action", "last_payment_error": None, "next_action": attempt.next_action}
    unit.put(intent)
    emit(unit, "payment_intent.requires_action", intent)
    return intent


def _succeed(unit: Unit, intent: Document, method: Document, attempt: Attempt) -> Document:
    if intent["customer"] and intent["setup_future_usage"]:
        off_session = intent["setup_future_usage"] == "off_session"
        method = join_customer(unit, method, intent["customer"], set_up=off_session)
    elif method["customer"] is None:
        # A card that was not saved when it paid can never be saved or used again.
        method[HIDDEN]["spent"] = True
        unit.put(method)
    charge = charge_succeeded(unit, intent, method, authenticated=attempt.authenticated)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
    }
    unit.put(intent)
    emit(unit, "payment_intent.succeeded", intent)
    return intent


def fail_authentication(unit: Unit, intent: Document, method: Document) -> NoReturn:
    """The customer could not show who they are: no charge, another card may be tried."""
    _decline(unit, intent, method, FAILED_AUTHENTICATION, asked_bank=False)


def _decline(unit: Unit, intent: Document, method: Document, decline: Decline, *, asked_bank: bool) -> NoReturn:
    more: dict[str, Any] = {}
    if asked_bank:
        charge = charge_failed(unit, intent, method, decline)
        intent["latest_charge"] = more["charge"] = charge["id"]
        more |= advice_members(decline)
    error = CardDeclined(**decline_members(decline), **more, payment_method=visible(method))
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": dict(error.body),
        "next_action": None,
        "payment_method": None,
    }
    unit.put(intent)
    emit(unit, "payment_intent.payment_failed", intent)
    error.body["payment_intent"] = visible(intent)
    raise error

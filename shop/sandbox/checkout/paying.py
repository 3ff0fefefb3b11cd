"""A customer at the hosted page: picks a card, authenticates, pays."""

from __future__ import annotations

from typing import Any

from shop.sandbox.cards import find_card
from shop.sandbox.checkout.building import customer_details
from shop.sandbox.errors import WrongState
from shop.sandbox.events.record import emit
from shop.sandbox.payments.building import new_intent
from shop.sandbox.payments.confirming import Attempt, confirm, fail_authentication
from shop.sandbox.payments.setups import FAILED_AUTHENTICATION, confirm_setup, fail_setup, new_setup
from shop.sandbox.people.customers import new_customer
from shop.sandbox.people.methods import new_method, print_expiry, raise_wrong_number
from shop.sandbox.store.documents import HIDDEN, Document, Unit


def pay(unit: Unit, session: Document, card_text: str, expires: str = "") -> Document:
    """Pay an open session with a card; gives its intent, `succeeded` or `requires_action`, or raises CardDeclined.

    `expires` is what stands on the card, MM/YYYY; without it the card is good for years.
    """
    card = find_card(card_text)
    if card is None:
        raise_wrong_number()
    details = session["customer_details"] or {}
    method = new_method(unit, card, {"email": details.get("email"), "name": details.get("name")})
    if expires.strip():
        print_expiry(unit, method, expires)
    return _go_on(unit, session, _intent(unit, session), method, Attempt())


def authenticate(unit: Unit, session: Document, *, passed: bool) -> Document:
    """The customer has answered the bank; WrongState when the bank asked nothing."""
    intent = _intent(unit, session)
    if intent["status"] != "requires_action":
        raise WrongState("There is nothing to authenticate.", code="payment_intent_unexpected_state")
    method = unit.get("payment_method", intent["payment_method"]) or {}
    if passed:
        return _go_on(unit, session, intent, method, Attempt(authenticated=True))
    if intent["object"] == "setup_intent":
        return fail_setup(unit, intent, method, FAILED_AUTHENTICATION)
    return fail_authentication(unit, intent, method)


def _go_on(unit: Unit, session: Document, intent: Document, method: Document, attempt: Attempt) -> Document:
    if intent["object"] == "setup_intent":
        intent = confirm_setup(unit, intent, method, authenticated=attempt.authenticated)
    else:
        intent = confirm(unit, intent, method, attempt)
    if intent["status"] == "succeeded":
        _complete(unit, session, intent, method)
    return intent


def _intent(unit: Unit, session: Document) -> Document:
    """The session's intent; the first try makes it, as at Stripe."""
    kind = "payment_intent" if session["mode"] == "payment" else "setup_intent"
    found = unit.get(kind, session[kind] or "")
    if found:
        return found
    intent = _new_payment(unit, session) if kind == "payment_intent" else _new_setup(unit, session)
    intent[HIDDEN]["session"] = session["id"]
    session[kind] = intent["id"]
    unit.put(session)
    return unit.put(intent)


def _new_payment(unit: Unit, session: Document) -> Document:
    given = session[HIDDEN]["payment_intent_data"]
    params: dict[str, Any] = {
        **given,
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": _customer(unit, session, wanted="setup_future_usage" in given),
        "payment_method_types": session["payment_method_types"],
    }
    return new_intent(unit, params)


def _new_setup(unit: Unit, session: Document) -> Document:
    given = session[HIDDEN]["setup_intent_data"]
    types = session["payment_method_types"]
    return new_setup(unit, {**given, "customer": session["customer"], "payment_method_types": types})


def _customer(unit: Unit, session: Document, *, wanted: bool) -> str | None:
    """Who pays; a guest becomes a customer when a card is to be kept, or when asked for."""
    if session["customer"] is None and (wanted or session["customer_creation"] == "always"):
        made = new_customer(unit, {"email": session["customer_email"] or ""})
        session["customer"] = made["id"]
    customer: str | None = session["customer"]
    return customer


def _complete(unit: Unit, session: Document, intent: Document, method: Document) -> None:
    billing = method["billing_details"]
    paid = intent["object"] == "payment_intent"
    session |= {
        "status": "complete",
        "payment_status": "paid" if paid else "no_payment_required",
        "url": None,
        "customer_details": session["customer_details"] or customer_details(billing["email"], billing["name"]),
    }
    unit.put(session)
    emit(unit, "checkout.session.completed", session)


def success_address(session: Document) -> str:
    """Where the customer goes after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])

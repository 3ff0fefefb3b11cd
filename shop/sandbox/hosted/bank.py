"""Authentication of an intent that was confirmed over the API with a `return_url`."""

from __future__ import annotations

from urllib.parse import urlencode

from shop.sandbox.errors import CardDeclined
from shop.sandbox.payments.confirming import Attempt, confirm, fail_authentication
from shop.sandbox.payments.setups import FAILED_AUTHENTICATION, confirm_setup, fail_setup
from shop.sandbox.store.documents import HIDDEN, Document, Unit


def bank_asks(unit: Unit, identifier: str) -> Document | None:
    """The intent whose bank waits for an answer, or None; those of a Checkout Session are answered on its page."""
    intent = unit.get("payment_intent", identifier) or unit.get("setup_intent", identifier)
    waiting = intent and intent["status"] == "requires_action" and intent[HIDDEN].get("return_url")
    return intent if waiting else None


def answer_bank(unit: Unit, intent: Document, *, passed: bool) -> str:
    """Go on with the intent; gives the address to return to, in Stripe's form."""
    kind = intent["object"]
    try:
        _go_on(unit, intent, passed=passed)
    except CardDeclined:
        passed = False
    said = {kind: intent["id"], f"{kind}_client_secret": intent["client_secret"]}
    said["redirect_status"] = "succeeded" if passed else "failed"
    back = str(intent[HIDDEN]["return_url"])
    return f"{back}{'&' if '?' in back else '?'}{urlencode(said)}"


def _go_on(unit: Unit, intent: Document, *, passed: bool) -> None:
    method = unit.get("payment_method", intent["payment_method"]) or {}
    if intent["object"] == "payment_intent":
        if not passed:
            fail_authentication(unit, intent, method)
        confirm(unit, intent, method, Attempt(authenticated=True))
    elif passed:
        confirm_setup(unit, intent, method, authenticated=True)
    else:
        fail_setup(unit, intent, method, FAILED_AUTHENTICATION)

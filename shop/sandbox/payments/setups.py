"""SetupIntents: a card is shown to the bank and saved, and no money is taken."""

from __future__ import annotations

from typing import Any, NoReturn

from shop.sandbox.cards import EXPIRED, Decline
from shop.sandbox.errors import CardDeclined, WrongState
from shop.sandbox.events.record import emit
from shop.sandbox.people.methods import (
    check_customer,
    decline_members,
    has_expired,
    join_customer,
    method_from,
    played_card,
    use_method,
)
from shop.sandbox.store.documents import HIDDEN, Document, Unit
from shop.sandbox.store.identifiers import client_secret, new_id
from shop.sandbox.wire.answers import visible
from shop.sandbox.wire.calls import Call, answer_list, copy_given, merge_metadata

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
FAILED_AUTHENTICATION = Decline(
    "setup_intent_authentication_failure",
    "The latest attempt to set up the payment method has failed because authentication failed.",
)


def new_setup(unit: Unit, params: dict[str, Any]) -> Document:
    """Keep a SetupIntent made of these parameters, and tell of it."""
    identifier = new_id("seti")
    method = params.get("payment_method")
    setup: Document = {
        "id": identifier,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": client_secret(identifier),
        "created": unit.now,
        "customer": params.get("customer"),
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": method,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"mandate_options": None, "network": None}},
        "payment_method_types": params.get("payment_method_types", ["card"]),
        "single_use_mandate": None,
        "status": "requires_confirmation" if method else "requires_payment_method",
        "usage": params.get("usage", "off_session"),
        HIDDEN: {},
    }
    copy_given(setup, params, "description")
    merge_metadata(setup, params)
    unit.put(setup)
    emit(unit, "setup_intent.created", setup)
    return setup


def refuse_unless(setup: Document, states: tuple[str, ...], act: str) -> None:
    """WrongState `setup_intent_unexpected_state` when the intent is in none of `states`."""
    if setup["status"] not in states:
        message = f"You cannot {act} this SetupIntent because it has a status of {setup['status']}."
        raise WrongState(message, code="setup_intent_unexpected_state", setup_intent=visible(setup))


def confirm_setup(unit: Unit, setup: Document, method: Document, *, authenticated: bool = False) -> Document:
    """Show the card to the bank: `succeeded`, `requires_action`, or CardDeclined."""
    refuse_unless(setup, OPEN, "confirm")
    setup["payment_method"] = method["id"]
    card = played_card(method)
    if card.authentication in ("until_set_up", "always") and not authenticated:
        setup |= {"status": "requires_action", "last_setup_error": None}
        unit.put(setup)
        emit(unit, "setup_intent.requires_action", setup)
        return setup
    decline = EXPIRED if has_expired(method, unit.now) else None if card.attaches else card.decline
    if decline:
        fail_setup(unit, setup, method, decline)
    if setup["customer"]:
        method = join_customer(unit, method, setup["customer"], set_up=True)
    setup |= {"status": "succeeded", "last_setup_error": None, "next_action": None}
    unit.put(setup)
    emit(unit, "setup_intent.succeeded", setup)
    return setup


def fail_setup(unit: Unit, setup: Document, method: Document, decline: Decline) -> NoReturn:
    """The bank, or the customer, said no; another card may be tried."""
    error = CardDeclined(**decline_members(decline), payment_method=visible(method))
    setup |= {
        "status": "requires_payment_method",
        "last_setup_error": dict(error.body),
        "next_action": None,
        "payment_method": None,
    }
    unit.put(setup)
    emit(unit, "setup_intent.setup_failed", setup)
    error.body["setup_intent"] = visible(setup)
    raise error


def create(call: Call) -> Document:
    """`POST /v1/setup_intents`."""
    params = call.params
    if "customer" in params:
        check_customer(call.unit, params["customer"])
    method = _method(call)
    setup = new_setup(call.unit, {**params, "payment_method": method["id"]} if method else params)
    return _confirm(call, setup, method) if params.get("confirm") else setup


def _method(call: Call) -> Document | None:
    if "payment_method" in call.params:
        return use_method(call.unit, call.params["payment_method"])
    data = call.params.get("payment_method_data")
    return method_from(call.unit, data) if data else None


def _confirm(call: Call, setup: Document, method: Document | None) -> Document:
    if method is None:
        message = "You cannot confirm this SetupIntent because it's missing a payment method."
        raise WrongState(message, code="setup_intent_unexpected_state", setup_intent=visible(setup))
    url = call.params.get("return_url")
    setup[HIDDEN]["return_url"] = url
    setup = confirm_setup(call.unit, setup, method)
    if setup["status"] == "requires_action":
        page = f"{call.base_url}/c/authenticate/{setup['id']}"
        redirect = {"type": "redirect_to_url", "redirect_to_url": {"return_url": url, "url": page}}
        setup["next_action"] = redirect if url else {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
        call.unit.put(setup)
    return setup


def confirm_intent(call: Call) -> Document:
    """`POST /v1/setup_intents/{intent}/confirm`."""
    setup = call.find("setup_intent", "intent")
    refuse_unless(setup, OPEN, "confirm")
    method = _method(call)
    if method is None and setup["payment_method"]:
        method = use_method(call.unit, setup["payment_method"])
    return _confirm(call, setup, method)


def retrieve(call: Call) -> Document:
    """`GET /v1/setup_intents/{intent}`."""
    return call.find("setup_intent", "intent")


def list_setups(call: Call) -> Document:
    """`GET /v1/setup_intents`."""
    return answer_list(call, "setup_intent", "customer")


def update(call: Call) -> Document:
    """`POST /v1/setup_intents/{intent}`: customer, card, description, metadata."""
    setup = call.find("setup_intent", "intent")
    if "customer" in call.params:
        check_customer(call.unit, call.params["customer"])
    method = _method(call)
    if method:
        refuse_unless(setup, OPEN, "update")
        setup |= {"payment_method": method["id"], "status": "requires_confirmation"}
    copy_given(setup, call.params, "customer", "description")
    merge_metadata(setup, call.params)
    return call.unit.put(setup)


def cancel(call: Call) -> Document:
    """`POST /v1/setup_intents/{intent}/cancel`."""
    setup = call.find("setup_intent", "intent")
    refuse_unless(setup, OPEN, "cancel")
    setup |= {"status": "canceled", "cancellation_reason": call.params.get("cancellation_reason"), "next_action": None}
    call.unit.put(setup)
    emit(call.unit, "setup_intent.canceled", setup)
    return setup

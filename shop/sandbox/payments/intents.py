"""The calls about PaymentIntents."""

from __future__ import annotations

from typing import Any

from shop.sandbox.errors import BadParameter, WrongState
from shop.sandbox.events.record import emit
from shop.sandbox.payments.amounts import check_amount, check_currency
from shop.sandbox.payments.building import GIVEN, new_intent, refuse_manual_capture
from shop.sandbox.payments.confirming import CONFIRMABLE, Attempt, confirm, refuse_unless
from shop.sandbox.people.methods import check_customer, method_from, use_method
from shop.sandbox.store.documents import HIDDEN, Document
from shop.sandbox.wire.answers import visible
from shop.sandbox.wire.calls import Call, answer_list, copy_given, merge_metadata

_ONLY_WITH_CONFIRM = ("off_session", "error_on_requires_action", "return_url", "mandate_data", "use_stripe_sdk")


def create(call: Call) -> Document:
    """`POST /v1/payment_intents`; with `confirm` it takes the money at once."""
    params = call.params
    if not params.get("confirm"):
        _refuse_confirm_parameters(params)
    if "customer" in params:
        check_customer(call.unit, params["customer"])
    method = _method(call)
    if method:
        params = {**params, "payment_method": method["id"]}
        _check_owner(method, params.get("customer"), off_session=_off_session(params))
    intent = new_intent(call.unit, params)
    return _confirm(call, intent, method) if params.get("confirm") else intent


def _refuse_confirm_parameters(params: dict[str, Any]) -> None:
    for name in _ONLY_WITH_CONFIRM:
        if name in params:
            raise BadParameter(f"The parameter `{name}` cannot be passed when `confirm` is not true.", param=name)


def _method(call: Call) -> Document | None:
    """The card that the parameters name or describe, if any."""
    if "payment_method" in call.params:
        return use_method(call.unit, call.params["payment_method"])
    data = call.params.get("payment_method_data")
    return method_from(call.unit, data) if data else None


def _off_session(params: dict[str, Any]) -> bool:
    return params.get("off_session", False) not in (False, "")


def _check_owner(method: Document, customer: str | None, *, off_session: bool) -> None:
    """A saved card is used with its own customer only, a detached one never, and off-session a saved one only."""
    owner = method["customer"]
    if method[HIDDEN].get("spent") or (off_session and owner is None):
        message = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or"
        message += " was detached from a Customer, or was never attached to one. To use a PaymentMethod multiple times,"
        raise BadParameter(f"{message} you must attach it to a Customer first.", param="payment_method")
    if owner is not None and customer is None:
        message = f"The PaymentMethod {method['id']} belongs to the Customer {owner}"
        raise BadParameter(f"{message}. Please include the Customer in the `customer` parameter.", param="customer")
    if owner not in (None, customer):
        message = f"The PaymentMethod {method['id']} does not belong to the Customer {customer}"
        raise BadParameter(f"{message}, but to {owner}.", param="payment_method")


def _confirm(call: Call, intent: Document, method: Document | None) -> Document:
    if method is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update"
        message += " the PaymentIntent with a payment method and then confirm it again, or confirm it again directly"
        message += " with a payment method."
        raise WrongState(message, code="payment_intent_unexpected_state", payment_intent=visible(intent))
    params = call.params
    _check_owner(method, intent["customer"], off_session=_off_session(params))
    _check_return_url(intent, params)
    intent[HIDDEN]["return_url"] = params.get("return_url")
    attempt = Attempt(
        off_session=_off_session(params),
        error_on_requires_action=params.get("error_on_requires_action", False),
        next_action=_next_action(call, intent),
    )
    return confirm(call.unit, intent, method, attempt)


def _check_return_url(intent: Document, params: dict[str, Any]) -> None:
    automatic = intent["automatic_payment_methods"]
    if automatic and automatic["allow_redirects"] != "never" and "return_url" not in params:
        message = "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some"
        message += " of these payment methods might redirect your customer off of your page, you must provide a"
        message += " `return_url`. If you don't want to accept redirect-based payment methods, set"
        message += " `automatic_payment_methods[enabled]` to `true` and"
        message += " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment"
        message += " Intents."
        raise BadParameter(message, param="return_url")


def _next_action(call: Call, intent: Document) -> Document:
    url = call.params.get("return_url")
    if url is None:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    page = f"{call.base_url}/c/authenticate/{intent['id']}"
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": url, "url": page}}


def confirm_intent(call: Call) -> Document:
    """`POST /v1/payment_intents/{intent}/confirm`; one that took money is refused, so it takes money once."""
    intent = call.find("payment_intent", "intent")
    refuse_unless(intent, CONFIRMABLE, "confirm")
    _refuse_if_of_session(intent, "confirm")
    refuse_manual_capture(call.params)
    copy_given(intent, call.params, "receipt_email", "setup_future_usage", "shipping")
    if "payment_method_types" in call.params:
        intent |= {"payment_method_types": call.params["payment_method_types"], "automatic_payment_methods": None}
    method = _method(call)
    if method is None and intent["payment_method"]:
        method = use_method(call.unit, intent["payment_method"])
    return _confirm(call, intent, method)


def _refuse_if_of_session(intent: Document, act: str) -> None:
    if intent[HIDDEN].get("session"):
        message = f"You cannot {act} this PaymentIntent because it was created by a Checkout Session. Expire the"
        message += " Checkout Session instead."
        raise WrongState(message, code="payment_intent_unexpected_state", payment_intent=visible(intent))


def retrieve(call: Call) -> Document:
    """`GET /v1/payment_intents/{intent}`."""
    return call.find("payment_intent", "intent")


def list_intents(call: Call) -> Document:
    """`GET /v1/payment_intents`."""
    return answer_list(call, "payment_intent", "customer")


def update(call: Call) -> Document:
    """`POST /v1/payment_intents/{intent}`: anything while unpaid; metadata and description ever after."""
    intent, params = call.find("payment_intent", "intent"), call.params
    refuse_manual_capture(params)
    if set(params) - {"metadata", "description", "expand"}:
        refuse_unless(intent, CONFIRMABLE, "update")
        _change(call, intent)
    copy_given(intent, params, "description")
    merge_metadata(intent, params)
    return call.unit.put(intent)


def _change(call: Call, intent: Document) -> None:
    params = call.params
    if "customer" in params:
        check_customer(call.unit, params["customer"])
        intent["customer"] = params["customer"]
    wanted = {**intent, **params}
    intent["currency"] = check_currency(wanted["currency"])
    intent["amount"] = check_amount(wanted["amount"], intent["currency"])
    copy_given(intent, params, *GIVEN)
    method = _method(call)
    if method:
        _check_owner(method, intent["customer"], off_session=False)
        intent |= {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}


def cancel_intent(call: Call) -> Document:
    """`POST /v1/payment_intents/{intent}/cancel`; never one that took money."""
    intent = call.find("payment_intent", "intent")
    refuse_unless(intent, CONFIRMABLE, "cancel")
    _refuse_if_of_session(intent, "cancel")
    intent |= {
        "status": "canceled",
        "canceled_at": call.unit.now,
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
    }
    call.unit.put(intent)
    emit(call.unit, "payment_intent.canceled", intent)
    return intent

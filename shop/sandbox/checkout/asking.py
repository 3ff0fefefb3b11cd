"""What may be asked of a new Checkout Session."""

from __future__ import annotations

from typing import Any

from shop.sandbox.errors import BadParameter
from shop.sandbox.payments.amounts import check_currency
from shop.sandbox.payments.building import refuse_manual_capture
from shop.sandbox.people.methods import check_customer
from shop.sandbox.store.documents import Unit

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
"""Seconds that a session may stay open (https://docs.stripe.com/api/checkout/sessions/create#expires_at)."""
SLACK = 60
"""Seconds by which a clock that runs a little differently is forgiven."""
_NOT_PLAYED = (
    "discounts",
    "shipping_options",
    "optional_items",
    "invoice_creation",
    "subscription_data",
    "custom_fields",
    "payment_method_data",
)


def check_asked(unit: Unit, params: dict[str, Any]) -> None:
    """BadParameter for what Stripe, or the sandbox, does not do."""
    _check_mode(params)
    _check_urls(params)
    _check_played(params)
    refuse_manual_capture(params.get("payment_intent_data", {}))
    if "customer" in params:
        check_customer(unit, params["customer"])
        if "customer_email" in params:
            message = "You may only specify one of these parameters: customer, customer_email."
            raise BadParameter(message, code="parameter_invalid", param="customer_email")


def _check_mode(params: dict[str, Any]) -> None:
    mode = params.get("mode")
    if mode is None:
        raise BadParameter("Missing required param: mode.", code="parameter_missing", param="mode")
    if mode == "subscription":
        raise BadParameter("The sandbox does not play subscriptions.", param="mode")
    if mode == "payment" and "line_items" not in params:
        raise BadParameter("Missing required param: line_items.", code="parameter_missing", param="line_items")
    other = "payment_intent_data" if mode == "setup" else "setup_intent_data"
    for name in [other] + (["line_items"] if mode == "setup" else []):
        if name in params:
            raise BadParameter(f"You can not pass `{name}` in `{mode}` mode.", param=name)


def _check_urls(params: dict[str, Any]) -> None:
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise BadParameter("The sandbox plays the hosted page only.", param="ui_mode")
    if "success_url" not in params:
        raise BadParameter("Missing required param: success_url.", code="parameter_missing", param="success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            message = "Not a valid URL: an explicit scheme (such as https) must be provided."
            raise BadParameter(message, code="url_invalid", param=name)


def _check_played(params: dict[str, Any]) -> None:
    """What would change the sum or the flow is refused rather than passed over in silence."""
    asked = [name for name in _NOT_PLAYED if params.get(name)]
    asked += [name for name in ("automatic_tax", "tax_id_collection") if params.get(name, {}).get("enabled")]
    if asked:
        raise BadParameter(f"The sandbox does not play `{asked[0]}`.", param=asked[0])


def setup_currency(params: dict[str, Any]) -> str | None:
    """The currency of a session that takes no money; needed unless the kinds of payment are named."""
    if "currency" in params:
        return check_currency(params["currency"])
    if "payment_method_types" not in params:
        message = "Missing required param: currency. Pass it, or `payment_method_types`, in `setup` mode."
        raise BadParameter(message, code="parameter_missing", param="currency")
    return None


def read_expiry(unit: Unit, params: dict[str, Any]) -> int:
    """When the session ends, in epoch seconds of the sandbox's clock; a day from now unless told."""
    moment = int(params.get("expires_at", unit.now + LONGEST))
    if moment < unit.now + SHORTEST - SLACK:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise BadParameter(message, param="expires_at")
    if moment > unit.now + LONGEST + SLACK:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise BadParameter(message, param="expires_at")
    return moment

"""Stripe behind our own words. The only file that imports stripe; its errors become ours."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, cast

import requests
import stripe
from flask import current_app
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from kits.settings import setting
from shop.payments.gateway import stripe_answers as answers
from shop.payments.gateway.contract import (
    BadSignature,
    Bill,
    Declined,
    DisputeSeen,
    EventSeen,
    FailedInside,
    HostedPage,
    Intent,
    NoKeys,
    OutcomeUnknown,
    RefundSeen,
    Refused,
    Unavailable,
)

TIMEOUT_SECONDS = 15
SDK_RETRIES = 2
KEPT_CONNECTIONS = 32
WHOLE_INTENT = ["payment_method"]
WHOLE_PAGE = ["payment_intent.payment_method"]


class StripeGateway:
    """One Stripe account. Safe to share between threads; no call here touches the database."""

    def __init__(self, key: str, base: str) -> None:
        self._v1 = stripe.StripeClient(
            key,
            base_addresses={"api": base},
            max_network_retries=SDK_RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS, session=_web(base)),
        ).v1

    def create_customer(self, email: str, name: str, *, key: str) -> str:
        """Make a customer; returns its id."""
        with _our_errors():
            made = self._v1.customers.create({"email": email, "name": name}, {"idempotency_key": key})
        return made.id

    def forget_customer(self, customer_id: str) -> None:
        """Delete a customer with their saved cards; one that is gone already is left alone."""
        with suppress(Refused), _our_errors():
            self._v1.customers.delete(customer_id)

    def create_page(
        self, bill: Bill, *, save_card: bool, expires_at: datetime, success_url: str, cancel_url: str, key: str
    ) -> HostedPage:
        """Open a hosted payment page for `bill`; with `save_card` the card is kept for later charges."""
        intent: dict[str, Any] = {"metadata": dict(bill.metadata)}
        if save_card:
            intent["setup_future_usage"] = "off_session"
        params: dict[str, Any] = {
            "mode": "payment",
            "customer": bill.customer,
            "client_reference_id": bill.number,
            "line_items": _line_items(bill),
            "metadata": dict(bill.metadata),
            "payment_intent_data": intent,
            "payment_method_types": ["card"],
            "expires_at": int(expires_at.timestamp()),
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        with _our_errors():
            return answers.page(self._v1.checkout.sessions.create(cast(Any, params), {"idempotency_key": key}))

    def page(self, page_id: str) -> HostedPage:
        """The page as it is now, with the intent that paid it."""
        with _our_errors():
            return answers.page(self._v1.checkout.sessions.retrieve(page_id, {"expand": WHOLE_PAGE}))

    def close_page(self, page_id: str) -> HostedPage:
        """Close the page if it is open; returns what it turned out to be, `expired` or `complete`."""
        seen = self.page(page_id)
        if seen.status != "open":
            return seen
        try:
            with _our_errors():
                self._v1.checkout.sessions.expire(page_id)
        except Refused:
            pass  # paid or expired in between: what it is now is read back below
        return self.page(page_id)

    def create_intent(self, bill: Bill, card: str, *, key: str) -> Intent:
        """Make an unconfirmed PaymentIntent on a saved card: it takes no money by itself."""
        params: dict[str, Any] = {
            "amount": bill.total.amount,
            "currency": bill.total.currency.lower(),
            "customer": bill.customer,
            "payment_method": card,
            "payment_method_types": ["card"],
            "metadata": dict(bill.metadata),
            "expand": WHOLE_INTENT,
        }
        with _our_errors():
            return answers.intent(self._v1.payment_intents.create(cast(Any, params), {"idempotency_key": key}))

    def confirm_intent(self, intent_id: str, card: str, *, key: str) -> Intent:
        """Take the money off-session; raises Declined."""
        params: dict[str, Any] = {"payment_method": card, "off_session": True, "expand": WHOLE_INTENT}
        with _our_errors():
            return answers.intent(
                self._v1.payment_intents.confirm(intent_id, cast(Any, params), {"idempotency_key": key})
            )

    def intent(self, intent_id: str) -> Intent:
        """The intent as it is now."""
        with _our_errors():
            return answers.intent(self._v1.payment_intents.retrieve(intent_id, {"expand": WHOLE_INTENT}))

    def cancel_intent(self, intent_id: str) -> Intent:
        """Cancel the intent if it can be; returns it as read back, `canceled` or `succeeded`."""
        try:
            with _our_errors():
                self._v1.payment_intents.cancel(intent_id)
        except Refused:
            pass  # it has ended already: how, is read back below
        return self.intent(intent_id)

    def refund(self, intent_id: str, amount: int, *, mark: str, key: str) -> RefundSeen:
        """Give back `amount` minor units of what the intent took; `mark` finds the refund again."""
        params: dict[str, Any] = {"payment_intent": intent_id, "amount": amount, "metadata": {"mark": mark}}
        with _our_errors():
            return answers.refund(self._v1.refunds.create(cast(Any, params), {"idempotency_key": key}))

    def find_refund(self, intent_id: str, mark: str) -> RefundSeen | None:
        """The refund of this intent that carries `mark`, if there is one."""
        with _our_errors():
            for made in self._v1.refunds.list({"payment_intent": intent_id, "limit": 100}).auto_paging_iter():
                if made.metadata and made.metadata.to_dict().get("mark") == mark:
                    return answers.refund(made)
        return None

    def refund_seen(self, refund_id: str) -> RefundSeen:
        """The refund as it is now: the customer's bank may send it back days later."""
        with _our_errors():
            return answers.refund(self._v1.refunds.retrieve(refund_id))

    def dispute(self, dispute_id: str) -> DisputeSeen:
        """The dispute as it is now."""
        with _our_errors():
            return answers.dispute(self._v1.disputes.retrieve(dispute_id))

    def disputes(self, intent_id: str) -> list[DisputeSeen]:
        """All disputes of what the intent took, as they are now."""
        with _our_errors():
            found = self._v1.disputes.list({"payment_intent": intent_id, "limit": 100})
            return [answers.dispute(each) for each in found.auto_paging_iter()]


def gateway() -> StripeGateway:
    """The gateway of the current app's settings; raises NoKeys without a key."""
    key = str(setting("STRIPE_SECRET_KEY"))
    if not key:
        raise NoKeys("No Stripe key is set, so nothing can be charged. Set STRIPE_SECRET_KEY.")
    return _shared(key, str(setting("STRIPE_API_BASE")).rstrip("/"))


def verified_event(body: bytes, signature: str) -> EventSeen:
    """The event in a webhook's body; raises BadSignature when it is not Stripe's, late, or no event."""
    secret = str(current_app.config["SHOP_STRIPE_WEBHOOK_SECRET"])
    if not secret:
        raise BadSignature("No webhook secret is set.")
    try:
        event = stripe.Webhook.construct_event(body, signature, secret)
        about = event["data"]["object"].to_dict()
        whose = about["id"] if about.get("object") == "customer" else about.get("customer")
        return EventSeen(str(event["id"]), str(event["type"]), str(about["id"]), str(whose) if whose else None)
    except (ValueError, stripe.StripeError, AttributeError, KeyError, TypeError) as error:
        # A signed body that is no object makes the SDK raise AttributeError.
        raise BadSignature("This is not an event signed by Stripe.") from error


@functools.lru_cache(maxsize=8)
def _shared(key: str, base: str) -> StripeGateway:
    return StripeGateway(key, base)


def _web(base: str) -> requests.Session:
    """Connections that all threads share and keep; the environment is asked for its proxies once, not at each call."""
    web = requests.Session()
    web.proxies = get_environ_proxies(base)
    web.trust_env = False
    for scheme in ("https://", "http://"):
        web.mount(scheme, HTTPAdapter(pool_maxsize=KEPT_CONNECTIONS))
    return web


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except stripe.CardError as error:
        raise Declined(*_decline(error)) from error
    except stripe.RateLimitError as error:
        raise Unavailable("Stripe is busy.") from error
    except (stripe.APIConnectionError, stripe.APIError) as error:
        raise _unanswered(error) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise NoKeys("Stripe does not accept the key. Set STRIPE_SECRET_KEY to one that may charge.") from error
    except stripe.IdempotencyError as error:
        raise FailedInside("Stripe knows this idempotency key from a request that said something else.") from error
    except stripe.StripeError as error:
        raise Refused(f"Stripe refused the request: {error.code or type(error).__name__}") from error


def _unanswered(error: stripe.StripeError) -> Exception:
    if error.http_status == 409:
        return Unavailable("Stripe is still at the same request.")
    if error.http_status and error.http_status >= 500:
        return FailedInside("Stripe failed inside.")
    return OutcomeUnknown("Stripe gave no answer.")


def _decline(error: stripe.CardError) -> tuple[str, str | None]:
    about = error.error
    intent = getattr(about, "payment_intent", None)
    return str(getattr(about, "decline_code", None) or error.code or "card_declined"), intent.id if intent else None


def _line_items(bill: Bill) -> list[dict[str, Any]]:
    currency = bill.total.currency.lower()
    return [
        {
            "quantity": line.quantity,
            "price_data": {"currency": currency, "unit_amount": line.unit, "product_data": {"name": line.title}},
        }
        for line in bill.lines
    ]

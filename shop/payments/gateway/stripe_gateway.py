"""Stripe's own package behind our words. The only file that imports stripe; its errors become ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import requests
import stripe
from flask import current_app
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from stripe._v1_services import V1Services

from shop.payments.gateway import budget, events
from shop.payments.gateway import stripe_answers as answers
from shop.payments.gateway.contract import (
    BadSignature,
    Declined,
    EventSeen,
    FailedInside,
    NoKeys,
    OutcomeUnknown,
    Refused,
    Unavailable,
)

Calls: TypeAlias = V1Services
TIMEOUT_SECONDS = 15
TOLERANCE_SECONDS = 300
TOO_MANY = 429
SDK_RETRIES = 2
KEPT_CONNECTIONS = 64
NO_ANSWER = "Stripe gave no answer."


_lost: ContextVar[bool] = ContextVar("refillery_lost_try", default=False)
"""True when a try of the request that is out had no answer: whatever a later try is told, it may have been done."""


class Paced(stripe.RequestsClient):
    """Asks Stripe when it is our turn, and tells the budget when Stripe refuses; the SDK's own tries count, too."""

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        """What the SDK sends; see `shop.payments.gateway.budget`."""
        endpoint = budget.endpoint_of(method, url)
        budget.take(endpoint)
        try:
            content, status, headers = super().request(method, url, *args, **more)
        except stripe.APIConnectionError:
            _lost.set(True)
            raise
        if status == TOO_MANY:
            reason = headers.get("Stripe-Rate-Limited-Reason") or (
                "lock_timeout" if b"lock_timeout" in content else None
            )
            budget.refused(endpoint, headers.get("Retry-After"), reason)
        return content, status, headers


def connected(key: str, base: str) -> stripe.StripeClient:
    """Stripe for the holder of `key`, at the address `base`. Safe to share between threads."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        max_network_retries=SDK_RETRIES,
        http_client=Paced(timeout=TIMEOUT_SECONDS, session=_web(base)),
    )


@contextmanager
def our_errors() -> Iterator[None]:
    """What Stripe raises inside, raised again as one of `shop.payments.gateway.contract`."""
    _lost.set(False)
    try:
        yield
    except budget.NotYet as error:
        if _lost.get():
            raise OutcomeUnknown(NO_ANSWER) from error
        raise
    except stripe.CardError as error:
        raise Declined(*answers.decline(error)) from error
    except stripe.RateLimitError as error:
        raise OutcomeUnknown(NO_ANSWER) if _lost.get() else Unavailable("Stripe is busy.") from error
    except (stripe.APIConnectionError, stripe.APIError) as error:
        raise _unanswered(error) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise NoKeys("Stripe does not accept the key. Set STRIPE_SECRET_KEY to one that may charge.") from error
    except stripe.IdempotencyError as error:
        raise FailedInside("Stripe knows this idempotency key from a request that said something else.") from error
    except stripe.StripeError as error:
        raise Refused(f"Stripe refused the request: {error.code or type(error).__name__}") from error


def verified_event(body: bytes, signature: str) -> EventSeen:
    """The event in a webhook's body; raises BadSignature when it is not Stripe's, or no event.

    It must have been signed within five minutes of now, before or after: Stripe signs anew each time it sends one,
    however old the event is. (The SDK lets any time to come pass, and with it a copy that could be sent for ever.)
    """
    secret = str(current_app.config["SHOP_STRIPE_WEBHOOK_SECRET"])
    if not secret:
        raise BadSignature("No webhook secret is set.")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
        if events.signed_at(signature) > time.time() + TOLERANCE_SECONDS:
            raise BadSignature("This is signed for a time to come. Is this machine's clock right?")
        return events.read(body)
    except (ValueError, TypeError, RecursionError, stripe.StripeError) as error:
        raise BadSignature("This is not an event signed by Stripe.") from error


def _web(base: str) -> requests.Session:
    """Connections that all threads share and keep; the environment is asked for its proxies once, not at each call."""
    web = requests.Session()
    web.proxies = get_environ_proxies(base)
    web.trust_env = False
    for scheme in ("https://", "http://"):
        web.mount(scheme, HTTPAdapter(pool_maxsize=KEPT_CONNECTIONS))
    return web


def _unanswered(error: stripe.StripeError) -> Exception:
    if error.http_status == 409:
        return OutcomeUnknown("Stripe is still at the same request.")
    if error.http_status and error.http_status >= 500:
        return FailedInside("Stripe failed inside.")
    return OutcomeUnknown(NO_ANSWER)

"""What we ask of a payment gateway, in our own words: value types and errors.

`account.py` is the one implementation; the sandbox answers it over
HTTP exactly as Stripe does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kits.errors import RefilleryError
from kits.money import Money


@dataclass(frozen=True)
class Card:
    """A card: the gateway's id, and what a person knows it by.

    `customer` is whose it is at the gateway; None: it is kept for nobody, and
    cannot be charged again. `fingerprint` is the same for the same number.
    """

    id: str
    brand: str
    last4: str
    exp_month: int | None = None
    exp_year: int | None = None
    fingerprint: str | None = None
    customer: str | None = None


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent as the gateway showed it."""

    id: str
    status: str
    amount: Money
    received: int
    metadata: Mapping[str, str]
    customer: str | None
    card: Card | None
    decline_code: str | None = None
    created_at: datetime | None = None

    @property
    def paid(self) -> bool:
        """True when the money was taken."""
        return self.status == "succeeded"

    @property
    def cancelled(self) -> bool:
        """True when it can never take money again."""
        return self.status == "canceled"

    def number(self, what: str) -> int:
        """The number that its metadata carries as `what`; 0 for what is none of ours: anybody may write there."""
        text = self.metadata.get(what, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@dataclass(frozen=True)
class HostedPage:
    """A Checkout Session: the gateway's own page, on which one order is paid or, with `saved`, a card was kept."""

    id: str
    url: str | None
    status: Literal["open", "complete", "expired"]
    metadata: Mapping[str, str]
    intent: Intent | None
    saved: Card | None = None


@dataclass(frozen=True)
class EventSeen:
    """A signed event: its id, its type, the id of what it is about, and those of whose it is and of what was paid."""

    id: str
    type: str
    object_id: str
    customer: str | None
    intent: str | None


@dataclass(frozen=True)
class BillLine:
    """One line of a bill; `unit` in minor units."""

    title: str
    unit: int
    quantity: int


@dataclass(frozen=True)
class Bill:
    """What is to be paid: for which order, by whom, in which lines. Titles are neutral: no health words."""

    number: str
    customer: str
    total: Money
    lines: tuple[BillLine, ...]
    metadata: Mapping[str, str]


class GatewayError(RefilleryError):
    """The gateway did not do what was asked."""


class NoKeys(GatewayError):
    """No keys are set, or Stripe does not accept them, so nothing can be charged."""


class Refused(GatewayError):
    """The gateway refused the request as such; the same request will be refused again."""


class Unavailable(GatewayError):
    """The gateway is busy and has done nothing."""

    retry = True


class OutcomeUnknown(GatewayError):
    """No answer: it may have been done or not. Never a failure: look it up until known."""

    retry = True


class FailedInside(OutcomeUnknown):
    """The gateway keeps a failure (a 500) under the idempotency key: ask again under another key."""


class BadSignature(GatewayError):
    """The event was not signed by the gateway, or too long ago."""


@dataclass(frozen=True)
class Advice:
    """What came with a decline: the gateway's advice, the network's advice and its own code, the card's brand."""

    code: str | None = None
    network: str | None = None
    network_decline: str | None = None
    brand: str | None = None


class Declined(GatewayError):
    """The card was declined. `code` is the gateway's decline code."""

    def __init__(self, code: str, intent_id: str | None, advice: Advice | None = None) -> None:
        super().__init__(f"declined: {code}")
        self.code = code
        self.intent_id = intent_id
        self.advice = advice or Advice()

    @property
    def needs_customer(self) -> bool:
        """True when only the customer can go on, by authenticating in person."""
        return self.code == "authentication_required"

"""The test cards Stripe publishes (https://docs.stripe.com/testing) and how each behaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Authentication = Literal["never", "until_set_up", "on_session", "always"]


@dataclass(frozen=True, slots=True)
class Decline:
    """Why the bank says no: Stripe's error code, decline code and message.

    `advice` is Stripe's `advice_code`, `network` the card network's own code, `network_advice` what the network
    advises (https://docs.stripe.com/declines/codes).
    """

    code: str
    message: str
    decline_code: str | None = None
    param: str | None = None
    advice: str | None = "try_again_later"
    network: str | None = "05"
    network_advice: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One test card: `name` is its `pm_card_…` id.

    `authentication` says when it asks for 3D Secure; `attaches` whether it can be saved although charges fail;
    `disputed` whether a charge is disputed as soon as it is made.
    """

    number: str
    name: str
    label: str
    brand: str = "visa"
    funding: str = "credit"
    decline: Decline | None = None
    authentication: Authentication = "never"
    attaches: bool = False
    disputed: bool = False

    @property
    def country(self) -> str:
        """The country of the bank, two letters."""
        return "GB" if self.name == "pm_card_gb" else "US"


def _declined(decline_code: str, message: str = "Your card was declined.", **said: str | None) -> Decline:
    return Decline("card_declined", message, decline_code, **said)


def _forbidden(decline_code: str, network: str | None) -> Decline:
    return _declined(decline_code, advice="do_not_try_again", network=network)


GENERIC = _declined("generic_decline")
INSUFFICIENT = _declined("insufficient_funds", "Your card has insufficient funds.", network="51")
EXPIRED = Decline("expired_card", "Your card has expired.", None, "exp_month", "confirm_card_data", "54")
CVC = Decline("incorrect_cvc", "Your card's security code is incorrect.", None, "cvc", "confirm_card_data", "N7")
PROCESSING = Decline(
    "processing_error", "An error occurred while processing your card. Try again in a little bit.", network="96"
)
VELOCITY = _declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    network="65",
)
UNAUTHENTICATED = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
    advice=None,
    network="1A",
)

CARDS = (
    Card("4242424242424242", "pm_card_visa", "Visa, succeeds"),
    Card("4000056655665556", "pm_card_visa_debit", "Visa debit, succeeds", funding="debit"),
    Card("5555555555554444", "pm_card_mastercard", "Mastercard, succeeds", "mastercard"),
    Card("5200828282828210", "pm_card_mastercard_debit", "Mastercard debit, succeeds", "mastercard", "debit"),
    Card("5105105105105100", "pm_card_mastercard_prepaid", "Mastercard prepaid, succeeds", "mastercard", "prepaid"),
    Card("378282246310005", "pm_card_amex", "American Express, succeeds", "amex"),
    Card("6011111111111117", "pm_card_discover", "Discover, succeeds", "discover"),
    Card("3056930009020004", "pm_card_diners", "Diners Club, succeeds", "diners"),
    Card("3566002020360505", "pm_card_jcb", "JCB, succeeds", "jcb"),
    Card("6200000000000005", "pm_card_unionpay", "UnionPay, succeeds", "unionpay"),
    Card("4000008260000000", "pm_card_gb", "Visa of the United Kingdom, succeeds"),
    Card("4000000000000002", "pm_card_chargeDeclined", "Declined", decline=GENERIC),
    Card("4000000000009995", "pm_card_chargeDeclinedInsufficientFunds", "Insufficient funds", decline=INSUFFICIENT),
    Card("4000000000009987", "pm_card_chargeDeclinedLostCard", "Lost card", decline=_forbidden("lost_card", "41")),
    Card(
        "4000000000009979", "pm_card_chargeDeclinedStolenCard", "Stolen card", decline=_forbidden("stolen_card", "43")
    ),
    Card("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "Expired card", decline=EXPIRED),
    Card("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "Incorrect CVC", decline=CVC),
    Card("4000000000000119", "pm_card_chargeDeclinedProcessingError", "Processing error", decline=PROCESSING),
    Card("4000000000006975", "pm_card_chargeDeclinedVelocityLimitExceeded", "Over its limit", decline=VELOCITY),
    Card("4100000000000019", "pm_card_radarBlock", "Blocked as fraudulent", decline=_forbidden("fraudulent", None)),
    Card("4000000000000341", "pm_card_chargeCustomerFail", "Saves, then declines", decline=GENERIC, attaches=True),
    Card(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        "Authenticate once, then saved",
        authentication="until_set_up",
    ),
    Card("4000002760003184", "pm_card_authenticationRequired", "Authenticate every time", authentication="always"),
    Card(
        "4000003800000446",
        "pm_card_authenticationRequiredSetupForOffSession",
        "Authenticate in person, later charges succeed",
        authentication="on_session",
    ),
    Card("4000000000003220", "pm_card_threeDSecure2Required", "3D Secure 2 required", authentication="on_session"),
    Card(
        "4000008260003178",
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "Authenticated, then insufficient funds",
        decline=INSUFFICIENT,
        authentication="always",
        attaches=True,
    ),
    Card("4000000000000259", "pm_card_createDispute", "Succeeds, then disputed", disputed=True),
)

_BY_NAME = {card.name: card for card in CARDS}
_BY_NUMBER = {card.number: card for card in CARDS}


def card_named(name: str) -> Card | None:
    """The card with this `pm_card_…` id; `pm_card_visa_chargeDeclined…` is the same as `pm_card_chargeDeclined…`."""
    return _BY_NAME.get(name) or _BY_NAME.get(name.replace("pm_card_visa_", "pm_card_", 1))


def card_numbered(number: str) -> Card | None:
    """The card with this number; spaces and dashes do not count."""
    return _BY_NUMBER.get(number.replace(" ", "").replace("-", ""))


def find_card(text: str) -> Card | None:
    """The card a customer typed or picked: a number or a `pm_card_…` id."""
    return card_named(text.strip()) or card_numbered(text)

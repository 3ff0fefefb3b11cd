"""What a decline means, as tables: whether the card may be tried again, and whether another card can help.

Sources: Stripe's decline codes and advice codes (docs.stripe.com/declines/codes), Mastercard's merchant advice codes,
and the codes that Visa calls category 1, "the issuer will never approve".
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["soft", "passing", "hard", "person", "stopped"]
"""`soft`: the same card may work another day. `passing`: so it may, and nothing is wrong with the card.
`hard`: this card never works, another may. `person`: only the customer can go on. `stopped`: someone forbids the
charge, by any card."""

_CODES: dict[Kind, str] = {
    "passing": "approve_with_id duplicate_transaction issuer_not_available processing_error reenter_transaction"
    " try_again_later",
    "hard": "card_not_supported card_not_usable currency_not_supported do_not_try_again expired_card"
    " incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip invalid_account invalid_cvc"
    " invalid_expiry_month invalid_expiry_year invalid_number invalid_pin lost_card"
    " new_account_information_available no_action_taken not_permitted offline_pin_required"
    " online_or_offline_pin_required pickup_card restricted_card service_not_allowed stolen_card testmode_decline",
    "person": "authentication_not_handled authentication_required mobile_device_authentication_required",
    "stopped": "fraudulent invalid_amount merchant_blacklist revocation_of_all_authorizations"
    " revocation_of_authorization security_violation stop_payment_order",
}
KINDS: dict[str, Kind] = {code: kind for kind, codes in _CODES.items() for code in codes.split()}
"""By decline code; whatever is not named is `soft`."""

ADVICE: dict[str, Kind] = {"do_not_try_again": "hard", "confirm_card_data": "hard"}
"""By Stripe's `advice_code`; `try_again_later` says nothing that the decline's own code does not."""

NETWORK_ADVICE: dict[str, Kind] = {
    "01": "hard",  # new account information is available
    "03": "hard",  # do not try again
    "04": "hard",  # the token's requirements are not met
    "21": "stopped",  # the customer has cancelled such payments
    "40": "hard",  # a prepaid card that cannot be loaded again
    "41": "hard",  # a card number for a single use
    "42": "hard",  # a sanctions score
}
"""By the network's two digits, as Mastercard gives them."""

NOT_BEFORE_HOURS = {"24": 1, "25": 24, "26": 48, "27": 96, "28": 144, "29": 192, "30": 240}
"""How many hours a network asks us to wait, by its two digits."""

NETWORK_DECLINE: dict[str, Kind] = {"R0": "stopped", "R1": "stopped", "R3": "stopped"}
VISA_DECLINE: dict[str, Kind] = {
    **dict.fromkeys(("04", "07", "12", "14", "15", "41", "43", "46", "57"), "hard"),
    "1A": "person",
}
"""By Visa's own code: other networks mean other things by the same digits."""

STRICTEST: tuple[Kind, ...] = ("stopped", "person", "hard", "passing", "soft")


def kind_of(code: str, advice: str | None, network_advice: str | None, network: str | None, brand: str | None) -> Kind:
    """The strictest of what the bank, Stripe and the network say."""
    said: list[Kind] = [KINDS.get(code, "soft")]
    said += [ADVICE[advice]] if advice in ADVICE else []
    said += [NETWORK_ADVICE[network_advice]] if network_advice in NETWORK_ADVICE else []
    said += [NETWORK_DECLINE[network]] if network in NETWORK_DECLINE else []
    said += [VISA_DECLINE[network]] if brand == "visa" and network in VISA_DECLINE else []
    # Said of the payment itself, "passing" is as good as "soft", but says that another card would not help either.
    return min(said, key=STRICTEST.index)

"""What a decline code says, in plain words to the customer.

Source of the codes: Stripe's list of decline codes. Where a bank suspects
fraud, or a card was reported lost or stolen, Stripe asks not to tell whoever
pays: those read like any decline, and support sees the code.
"""

from __future__ import annotations

NO_REASON = "Your bank declined the payment and did not say why. Your bank can tell you more."
_WORDS = {
    "There was not enough money on the account.": "insufficient_funds",
    "Your bank wants you to confirm the payment yourself.": (
        "authentication_required authentication_not_handled mobile_device_authentication_required approve_with_id"
    ),
    "The card has expired.": "expired_card",
    "The card’s details no longer hold.": (
        "incorrect_number invalid_number incorrect_cvc invalid_cvc invalid_expiry_month invalid_expiry_year "
        "incorrect_zip incorrect_address invalid_account new_account_information_available"
    ),
    "The card could not be used: it is gone, or it is not for payments like this one.": (
        "card_not_usable card_not_supported currency_not_supported not_permitted transaction_not_allowed "
        "service_not_allowed testmode_decline"
    ),
    "The card’s limit was reached.": (
        "card_velocity_exceeded withdrawal_count_limit_exceeded generic_limit_exceeded invalid_amount"
    ),
    "Your bank could not be reached, or something went wrong there.": (
        "issuer_not_available processing_error reenter_transaction try_again_later no_action_taken"
    ),
    "You had asked your bank not to allow such payments.": (
        "revocation_of_authorization revocation_of_all_authorizations stop_payment_order"
    ),
    "Your bank took it for a payment that was made just before.": "duplicate_transaction",
}
BY_CODE = {code: words for words, codes in _WORDS.items() for code in codes.split()}


def in_words(code: str | None) -> str:
    """The reason as one sentence; that of a code without words of its own names none."""
    return BY_CODE.get(code or "", NO_REASON)

"""What follows a decline, as a pure table: try again on a day, or ask the customer."""

from __future__ import annotations

from datetime import date, timedelta

RETRY_DAYS = (1, 3, 5, 7)
# Codes for which the networks forbid another try, or for which it cannot help.
# Source: Stripe's list of decline codes.
NEVER_AGAIN = frozenset(
    {
        "authentication_required",
        "card_not_usable",
        "do_not_try_again",
        "expired_card",
        "fraudulent",
        "incorrect_number",
        "invalid_account",
        "lost_card",
        "merchant_blacklist",
        "new_account_information_available",
        "no_action_taken",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "security_violation",
        "stolen_card",
        "stop_payment_order",
    }
)


def retry_on(code: str, tries: int, first_decline: date) -> date | None:
    """The day to try again after `tries` declines, the last with `code`; None: ask the customer."""
    if code in NEVER_AGAIN or tries > len(RETRY_DAYS):
        return None
    return first_decline + timedelta(days=RETRY_DAYS[tries - 1])

"""What follows a decline, as a pure table: try again on a day, or ask the customer."""

from __future__ import annotations

from datetime import date, timedelta

# On the 1st, 3rd, 5th and 7th day after the first decline. Counted from one try to the next, so that tries that were
# held up do not fall on one day afterwards.
GAPS = (1, 2, 2, 2)
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


def retry_on(code: str, tries: int, declined_on: date) -> date | None:
    """The day to try again after `tries` declines, the last on `declined_on` with `code`; None: ask the customer."""
    if code in NEVER_AGAIN or tries > len(GAPS):
        return None
    return declined_on + timedelta(days=GAPS[tries - 1])

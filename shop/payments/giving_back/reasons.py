"""Why money goes back: plain codes, and the words for staff and for the customer."""

from __future__ import annotations

from dataclasses import dataclass

SOLD_OUT, CODE_USED_UP, CANCELLED, PAID_TWICE = "sold_out", "code_used_up", "cancelled", "paid_twice"
WITHDRAWN, RETURNED, KIT_GIVEN_BACK, NOT_WANTED = "withdrawn", "returned", "kit_given_back", "not_wanted"
GOODWILL, FAULTY, NOT_DELIVERED, OTHER = "goodwill", "faulty", "not_delivered", "other"
AUTOMATIC = (SOLD_OUT, CODE_USED_UP, CANCELLED, PAID_TWICE)
"""Of money that never paid for an order: it goes back whole, by itself."""
BY_STAFF = (GOODWILL, FAULTY, NOT_DELIVERED, OTHER)
"""What staff choose from."""


@dataclass(frozen=True)
class Reason:
    """`short` for a table, `told` as a whole sentence to the customer."""

    short: str
    told: str


REASONS = {
    SOLD_OUT: Reason(
        "paid too late, sold out by then",
        "Your payment reached us after the time for which we could keep the order for you, "
        "and by then it was sold out. Nothing will be sent.",
    ),
    CODE_USED_UP: Reason(
        "paid too late, its code was used up by then",
        "Your payment reached us after the time for which we could keep the order for you, "
        "and by then its discount code no longer held. Nothing will be sent. You can order anew without it.",
    ),
    CANCELLED: Reason(
        "paid after it was cancelled",
        "Your payment reached us after this order had been cancelled. Nothing will be sent.",
    ),
    PAID_TWICE: Reason(
        "paid twice",
        "This order was paid already, so your second payment goes back to you. The order itself is not changed.",
    ),
    WITHDRAWN: Reason("withdrawal", "You withdrew from the contract."),
    RETURNED: Reason("return", "We took back what you returned."),
    KIT_GIVEN_BACK: Reason(
        "its kit was given back",
        "The kit that this refill belongs to was given back, so the refill is not sent and its price goes back to you.",
    ),
    NOT_WANTED: Reason(
        "not wanted, its plan was held or ended",
        "You asked for your money back instead of the refill, so it is not sent.",
    ),
    GOODWILL: Reason("goodwill", "We refund this as a gesture of goodwill."),
    FAULTY: Reason("damaged or faulty", "Something arrived damaged or did not work as it should. We are sorry."),
    NOT_DELIVERED: Reason("not delivered", "Something did not arrive. We are sorry."),
    OTHER: Reason("other", "We refund this to you."),
}


def in_words(code: str) -> Reason:
    """The words of a code; one that is kept no longer says itself."""
    return REASONS.get(code) or Reason(code.replace("_", " "), REASONS[OTHER].told)

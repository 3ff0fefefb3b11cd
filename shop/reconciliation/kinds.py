"""The kinds of findings, in words for staff: what each means, what to do, and what its button does."""

from __future__ import annotations

from dataclasses import dataclass

CHARGE_UNSETTLED, CHARGE_OTHER_AMOUNT, CHARGE_UNKNOWN = "charge_unsettled", "charge_other_amount", "charge_unknown"
PAYMENT_MISSING, PAYMENT_DIFFERS = "payment_missing", "payment_differs"
REFUND_UNKNOWN, REFUND_MISSING, REFUND_DIFFERS = "refund_unknown", "refund_missing", "refund_differs"
DISPUTE_UNKNOWN, DISPUTE_DIFFERS = "dispute_unknown", "dispute_differs"


@dataclass(frozen=True)
class Kind:
    """`title` for a table, `means` and what to `do` as sentences, `button` and what it `repairs`.

    Words in braces are filled with `money`, `order`, `ours` and `theirs`. `gives_back` is true where the button sends
    money away, so that it is asked for twice.
    """

    title: str
    means: str
    do: str
    button: str
    gives_back: bool = False


KINDS = {
    CHARGE_UNSETTLED: Kind(
        "Paid at Stripe, not here",
        "Stripe took {money} for order {order}, and the shop does not know it.",
        "Settle it: Stripe is asked again, and the order is paid as if Stripe’s word had come in time. If it cannot be "
        "delivered any more, or was paid already, the money goes back.",
        "Settle it",
    ),
    CHARGE_OTHER_AMOUNT: Kind(
        "Another sum than the order’s",
        "Stripe took {theirs} for order {order}, which costs {ours}. Such a charge pays for no order.",
        "Find out who made it. The button gives {money} back; the customer can then pay for the order as usual.",
        "Give it back",
        gives_back=True,
    ),
    CHARGE_UNKNOWN: Kind(
        "A charge that is not ours",
        "Stripe took {money} on your account for no order of this shop{named}.",
        "If another shop or program of yours made it, put it aside and say so. If nobody knows it, give it back.",
        "Give it back",
        gives_back=True,
    ),
    PAYMENT_MISSING: Kind(
        "Paid here, not at Stripe",
        "Order {order} counts as paid with {money}, and at Stripe this payment is {theirs}.",
        "Do not send the order before you know why. See whether another account’s key was set for a while, or the row "
        "was changed by hand. The button asks Stripe once more; nothing here can make the money come.",
        "Ask Stripe again",
    ),
    PAYMENT_DIFFERS: Kind(
        "Another sum than at Stripe",
        "The payment of order {order} stands here with {ours}, and Stripe took {theirs}.",
        "If Stripe’s is what the order costs, the button takes it over. If not, put it aside and say what was agreed.",
        "Take over Stripe’s sum",
    ),
    REFUND_UNKNOWN: Kind(
        "Refunded at Stripe, not here",
        "{money} of order {order} went back at Stripe, most likely by hand in its dashboard, and the shop does not "
        "know it. It would still pack the order, or refund too much.",
        "Record it: the refund and its credit note are written, the customer is told, and with the last of the money "
        "the order is over.",
        "Record it",
    ),
    REFUND_MISSING: Kind(
        "Refunded here, not at Stripe",
        "A refund of {money} of order {order} is {ours} here, and Stripe has none.",
        "The button asks Stripe for it where it was not asked yet. One that counts as given counts as failed then, and "
        "the order’s page asks for it again.",
        "Put it right",
    ),
    REFUND_DIFFERS: Kind(
        "A refund stands otherwise at Stripe",
        "A refund of order {order} is {ours} here, and {theirs} at Stripe.",
        "Take over what Stripe says. Where it failed, the order’s page asks for it again.",
        "Take over Stripe’s word",
    ),
    DISPUTE_UNKNOWN: Kind(
        "A dispute nobody told us of",
        "A bank disputes {money}{of_order}; at Stripe the dispute is {theirs}, and the shop does not know of it.",
        "Take it over: nothing of it is refunded while it is open, and a plan’s charges stop. If its charge is not "
        "known here either, mend that first.",
        "Take it over",
    ),
    DISPUTE_DIFFERS: Kind(
        "A dispute stands otherwise at Stripe",
        "The dispute of {money}{of_order} is {ours} here, and {theirs} at Stripe.",
        "Take over what Stripe says.",
        "Take over Stripe’s word",
    ),
}

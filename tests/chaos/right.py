"""How each refill must end, from its card, its stock and whether its customer paid in person. Pure."""

from __future__ import annotations

from dataclasses import dataclass

GOOD = None
SHORT_OF_MONEY = "pm_card_chargeDeclinedInsufficientFunds"
LOST = "pm_card_chargeDeclinedLostCard"
WANTS_ITS_OWNER = "pm_card_authenticationRequired"


@dataclass(frozen=True)
class Kind:
    """How a plan's card behaves when it is charged (None: it pays), and whether there is stock for its refill."""

    card: str | None = GOOD
    stocked: bool = True


KINDS = (*[Kind()] * 6, Kind(SHORT_OF_MONEY), Kind(LOST), Kind(WANTS_ITS_OWNER), Kind(LOST, stocked=False))
"""Of ten plans."""


@dataclass(frozen=True)
class End:
    """The state a refill ends in, how many charges of it took money, and which mails it has caused."""

    state: str
    charges: int
    mails: tuple[str, ...]


def right_end(kind: Kind, *, by_hand: bool) -> End:
    """The one right end; `by_hand`: its customer paid in person, after their card had been declined."""
    if not kind.stocked:
        return End("waiting_for_stock", 0, ("owner_refill_waits", "refill_waits"))
    if kind.card is GOOD:
        return End("paid", 1, ("refill_paid",))
    told = "refill_declined" if kind.card == SHORT_OF_MONEY else "refill_needs_you"
    if by_hand:
        return End("paid", 1, tuple(sorted((told, "refill_paid"))))
    return End("declined" if kind.card == SHORT_OF_MONEY else "needs_customer", 0, (told,))


@dataclass(frozen=True)
class Found:
    """A refill as our books and the gateway's have it at the end.

    `charged` are the intents of the gateway's charges of its order that took money, `paid_by` those of our payments;
    `kept` is how many units are promised to its order, `mails` the kinds of those about it, each as often as it stands
    in the outbox.
    """

    state: str
    has_order: bool = False
    order_state: str | None = None
    charged: tuple[str, ...] = ()
    paid_by: tuple[str, ...] = ()
    kept: int = 0
    mails: tuple[str, ...] = ()


def wrong(kind: Kind, found: Found, *, by_hand: bool) -> list[str]:
    """What is not as it must be, in words; empty when all is."""
    end = right_end(kind, by_hand=by_hand)
    told = [
        (found.state == end.state, f"it is {found.state}, and should be {end.state}"),
        (len(found.charged) == end.charges, f"{len(found.charged)} charges took money, and {end.charges} should have"),
        (found.paid_by == found.charged, f"our payments {found.paid_by} are not the gateway's {found.charged}"),
        (found.has_order == kind.stocked, "it has an order" if found.has_order else "it has no order"),
        (found.order_state == _order_state(kind, end), f"its order is {found.order_state}"),
        (found.kept == int(kind.stocked), f"{found.kept} units are promised to its order"),
        (found.mails == end.mails, f"the mails about it are {found.mails}, and should be {end.mails}"),
    ]
    return [words for holds, words in told if not holds]


def _order_state(kind: Kind, end: End) -> str | None:
    if not kind.stocked:
        return None
    return "paid" if end.state == "paid" else "awaiting_payment"

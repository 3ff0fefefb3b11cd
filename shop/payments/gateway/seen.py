"""What a payment gateway shows of money that was taken, went back, or is disputed. Values in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kits.money import Money


@dataclass(frozen=True)
class ChargeSeen:
    """One taking of money as the gateway showed it: `taken` of whose `intent_id`, of which `refunded` went back.

    `paid` is False for one that the bank refused. A charge that another program made may be of no intent.
    """

    id: str
    intent_id: str | None
    paid: bool
    taken: Money
    refunded: int
    metadata: Mapping[str, str]
    made_at: datetime

    @property
    def left(self) -> Money:
        """What of it has not gone back."""
        return Money(self.taken.amount - self.refunded, self.taken.currency)


@dataclass(frozen=True)
class RefundSeen:
    """A refund as the gateway showed it, of what `intent_id` took; `mark` is what we wrote on it, if we made it."""

    id: str
    status: str

    problem: str | None = None
    intent_id: str | None = None
    amount: Money | None = None
    mark: str | None = None
    made_at: datetime | None = None

    @property
    def failed(self) -> bool:
        """True when the money will not go back this way."""
        return self.status in ("failed", "canceled")


@dataclass(frozen=True)
class DisputeSeen:
    """A dispute as the gateway showed it; `intent_id` is whose money the bank looks into."""

    id: str
    status: str
    intent_id: str | None
    reason: str = ""
    answer_by: datetime | None = None
    amount: Money | None = None
    made_at: datetime | None = None

    @property
    def standing(self) -> Literal["open", "lost", "won"]:
        """`open` while the bank looks into it; an enquiry that was closed, too, leaves the money with us: `won`."""
        if self.status in ("won", "warning_closed"):
            return "won"
        return "lost" if self.status in ("lost", "prevented") else "open"


def together(seen: Iterable[DisputeSeen]) -> DisputeSeen | None:
    """Of the disputes of one intent the one that says how all of them stand; None where there are none."""
    known = list(seen)
    return next((each for word in ("lost", "open", "won") for each in known if each.standing == word), None)


@dataclass(frozen=True)
class WarningSeen:
    """A bank's early warning of fraud; `intent_id` is whose money it is about."""

    id: str
    intent_id: str | None
    kind: str

"""The rows behind one refill, and the story that is told of them, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kits.clock import today
from kits.dates import written
from shop.orders.parcels.contents import Packed
from shop.orders.tables import Acknowledgement
from shop.payments.tables import Payment, PaymentAttempt, Refund
from shop.work.outbox import OutboxMail
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.prices.tables import PlanPrice
from subscriptions.repairs.tables import Repair
from subscriptions.tables import Refill, SessionLog


@dataclass(frozen=True)
class Rows:
    """All there is about one refill: its advance notices, the last one last; the mails that asked whether to send or to
    refund it; what is in its parcels, by their id.
    """

    refill: Refill
    notices: Sequence[OutboxMail]
    asked: Sequence[OutboxMail]
    acknowledged: Sequence[Acknowledgement]
    confirmed: Sequence[PlanAcknowledgement]
    prices: Sequence[PlanPrice]
    sessions: Sequence[SessionLog]
    attempts: Sequence[PaymentAttempt]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    contents: Mapping[int, Sequence[Packed]]
    repairs: Sequence[Repair] = ()


@dataclass(frozen=True)
class Step:
    """Something that happened, and the ids by which support finds it."""

    at: datetime
    title: str
    text: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """The answer in a sentence or two, what the plan was, the sessions logged, and all steps in order of time."""

    answer: str
    facts: list[tuple[str, str]]
    sessions: list[str]
    steps: list[Step]


def day_of(when: datetime) -> str:
    """The shop's day of a moment, in words."""
    return written(today(when))

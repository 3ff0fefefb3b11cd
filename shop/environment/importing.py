"""What Stripe charged since a copy was made: settled here, too, before anything is charged from it.

A charge is known by what we wrote on it. One of an order that stands in the
copy is settled as if its webhook came late. One of a refill that was ordered
after the copy was made is ordered here under the same number first. A kit
that was sold after the copy was made is not in it at all: that is told.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from kits.errors import RefilleryError
from kits.host import end_reads, outside_transaction, session
from shop.environment.tables import Environment
from shop.orders.tables import Order
from shop.payments import settle
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import Intent
from shop.payments.gateway.lists import Span
from shop.payments.tables import Payment
from shop.registers import registers

MARGIN = timedelta(days=1)
A_SLICE, A_SECOND = timedelta(hours=1), timedelta(seconds=1)
STILL_OPEN = ("processing",)
log = logging.getLogger("refillery.environment")


@dataclass(frozen=True)
class Missed:
    """A charge that could not be brought in: which, of which order, and why."""

    intent: Intent
    number: str
    why: str


@dataclass
class Imported:
    """What became of the charges: `settled` are order numbers, `known` were here already.

    `lost` are of orders that this database never had, `hindering` of plans that it has: those would be charged again.
    """

    settled: list[str] = field(default_factory=list)
    known: int = 0
    lost: list[Missed] = field(default_factory=list)
    hindering: list[Missed] = field(default_factory=list)


def since(now: datetime) -> datetime:
    """From when on Stripe is asked: a day before all was last found well here, which a copy cannot be older than."""
    seen = session().scalar(select(Environment.seen_at))
    end_reads()
    return (seen or now) - MARGIN


def import_charges(since: datetime, *, now: datetime) -> Imported:
    """Bring in what was charged since then, the oldest first. Commits each by itself.

    Doing it twice changes nothing. Raises GatewayError when Stripe cannot be asked.
    """
    outside_transaction()
    done = Imported()
    for intent in _oldest_first(since, now + MARGIN):  # the gateway's clock may be ahead of ours
        if not intent.metadata.get("order"):
            continue
        if intent.paid:
            _import(intent, done, now)
        elif intent.status in STILL_OPEN and _is_here(intent):
            done.hindering.append(_missed(intent, "Stripe is still working on it: run this again in an hour"))
    return done


def bring_in(intent: Intent, *, now: datetime) -> bool:
    """Settle what an intent has paid, and write its order first where only that is not here. Commits.

    False when it could not be settled; raises what writing its order raises.
    """
    if not _has(intent.metadata["order"]):
        _write_order(intent, now)
    settle.settle(intent, now=now)
    return _is_settled(intent)


def _oldest_first(since: datetime, until: datetime) -> Iterator[Intent]:
    """The gateway lists the newest first, so one slice of time after another is read whole; one is kept in memory."""
    while since <= until:
        yield from reversed(list(gateway().intents(Span(since, since + A_SLICE - A_SECOND))))
        since += A_SLICE


def _import(intent: Intent, done: Imported, now: datetime) -> None:
    number = intent.metadata["order"]
    if _is_settled(intent):
        done.known += 1
        return
    try:
        brought_in = bring_in(intent, now=now)
    except RefilleryError as error:
        log.warning("the charge %s could not be brought in: %s", intent.id, error)
        done.hindering.append(_missed(intent, str(error)))
        return
    if brought_in:
        done.settled.append(number)
    elif _is_here(intent):
        done.hindering.append(_missed(intent, "it does not match its order or plan here"))
    else:
        done.lost.append(_missed(intent, "its order was placed after this copy was made"))


def _write_order(intent: Intent, now: datetime) -> None:
    for write in registers().lost_orders:
        if write(intent, now):
            return


def _missed(intent: Intent, why: str) -> Missed:
    return Missed(intent, intent.metadata["order"], why)


def _is_here(intent: Intent) -> bool:
    """True when the first order of it is known here, so that its plan may be."""
    return _has(intent.metadata.get("root_order", "")) or _has(intent.metadata["order"])


def _has(number: str) -> bool:
    return bool(_read(select(Order.id).where(Order.number == number)))


def _is_settled(intent: Intent) -> bool:
    return bool(_read(select(Payment.id).where(Payment.intent_id == intent.id)))


def _read(query: object) -> Sequence[int]:
    try:
        return session().scalars(query).all()  # type: ignore[call-overload,no-any-return]
    finally:
        end_reads()

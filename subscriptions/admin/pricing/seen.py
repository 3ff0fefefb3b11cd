"""What the page of prices shows. Reads only, in as many statements however many plans there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.catalogue import pricing
from kits.catalogue.tables import Kit, Price
from kits.money import Money
from kits.settings import currency
from subscriptions.prices.tables import (
    ACCEPTED,
    HOLDS,
    NOT_CONCERNED,
    REPLACED,
    TO_TELL,
    TOLD,
    UNDONE,
    PlanPrice,
    PriceChange,
)
from subscriptions.tables import ACTIVE, Subscription

IN_WORDS = {
    TO_TELL: "to be written to",
    TOLD: "written to, not accepted yet",
    ACCEPTED: "told, from their day on",
    HOLDS: "pay it",
    REPLACED: "told of a later price instead",
    NOT_CONCERNED: "not concerned any more",
    UNDONE: "never told: it was undone",
}


@dataclass(frozen=True)
class Dated:
    """The prices of one kind: what holds now, and what is to come."""

    kind: str
    title: str
    now: Price | None
    coming: Sequence[Price]


@dataclass(frozen=True)
class Change:
    """An announcement and how many plans have come how far with it, in words."""

    change: PriceChange
    plans: list[tuple[str, int]]
    can_be_undone: bool


@dataclass(frozen=True)
class KitPrices:
    """All prices of one kit; `plans` says how many running plans pay what for a box."""

    kit: Kit
    dated: list[Dated]
    plans: list[tuple[Money, int]]
    changes: list[Change]


def kits(session: Session, now: datetime) -> list[KitPrices]:
    """Every kit with its prices, by name."""
    return [
        KitPrices(kit, dated(session, kit.id, now), _plans(session, kit.id), _changes(session, kit.id))
        for kit in session.scalars(select(Kit).order_by(Kit.name, Kit.id))
    ]


def dated(session: Session, kit_id: int, now: datetime) -> list[Dated]:
    """What new buyers of a kit pay, of each kind."""
    found = []
    for kind, title in pricing.KINDS.items():
        known = pricing.prices(session, kit_id, kind)
        coming = [each for each in known if each.valid_from > now and each.currency == currency()]
        found.append(Dated(kind, title, pricing.in_force(known, now), coming))
    return found


def _plans(session: Session, kit_id: int) -> list[tuple[Money, int]]:
    pay = (Subscription.refill_amount, Subscription.currency)
    running = select(*pay, func.count()).where(Subscription.kit_id == kit_id, Subscription.state == ACTIVE)
    found = session.execute(running.group_by(*pay).order_by(*pay))
    return [(Money(amount, of), count) for amount, of, count in found]


def _changes(session: Session, kit_id: int) -> list[Change]:
    """The announcements of a kit, the newest first."""
    mine = session.scalars(select(PriceChange).where(PriceChange.kit_id == kit_id).order_by(PriceChange.id.desc()))
    counts: dict[int, dict[str, int]] = {}
    states = select(PlanPrice.change_id, PlanPrice.state, func.count()).join(PlanPrice.change)
    for change_id, state, count in session.execute(
        states.where(PriceChange.kit_id == kit_id).group_by(PlanPrice.change_id, PlanPrice.state)
    ):
        counts.setdefault(change_id, {})[state] = count
    return [_change(each, counts.get(each.id, {})) for each in mine]


def _change(change: PriceChange, counts: dict[str, int]) -> Change:
    plans = [(words, counts[state]) for state, words in IN_WORDS.items() if state in counts]
    return Change(change, plans, change.undone_at is None and not set(counts) - {TO_TELL, NOT_CONCERNED})

"""How the cards of plans stand, for pages: which pay, what is asked for, and the one next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from shop.payments.cards.tables import SavedCard
from subscriptions.cards.retrying import may_be_tried
from subscriptions.stops.stopping import open_stops
from subscriptions.stops.tables import BY_STAFF, CARD, BillingStop
from subscriptions.tables import ACTIVE, NEEDS_CUSTOMER, OPEN, TO_COME, UNPAID, Refill, Subscription


@dataclass(frozen=True)
class CardsShown:
    """What a page says of one plan's cards; rows of cards only where they are known."""

    plan: Subscription
    main: SavedCard | None
    backup: SavedCard | None
    stops: Sequence[BillingStop]
    today: date

    @property
    def main_words(self) -> str:
        """The card that pays, in words; empty for a plan without one."""
        if self.main is not None:
            return in_words(self.main)
        if self.plan.card_last4:
            return f"{(self.plan.card_brand or 'card').capitalize()} ending in {self.plan.card_last4}"
        return "the card you paid with" if self.plan.card else ""

    @property
    def backup_words(self) -> str:
        """The backup card, in words; empty without one."""
        return in_words(self.backup) if self.backup is not None else ""

    @property
    def card_needed(self) -> bool:
        """True while nothing is charged until there is a new card."""
        return any(each.cause == CARD for each in self.stops)

    @property
    def held_back(self) -> bool:
        """True while nothing is charged until staff have decided."""
        return any(each.cause in BY_STAFF for each in self.stops)

    @property
    def unpaid(self) -> Refill | None:
        """The refill whose charge was declined, whether it is tried again or not."""
        return next((each for each in self.plan.refills if each.state in UNPAID), None)

    @property
    def past_due(self) -> bool:
        """True when a refill was declined and we do not try it again by ourselves."""
        return self.unpaid is not None and self.unpaid.state == NEEDS_CUSTOMER

    @property
    def still_charged(self) -> bool:
        """True while something of a running plan is still to be charged."""
        return self.plan.state == ACTIVE and any(each.state in OPEN for each in self.plan.refills)

    @property
    def expires_too_soon(self) -> bool:
        """True when the card does not last until the next charge."""
        days = [each.charge_on for each in self.plan.refills if each.state in TO_COME]
        until = self.main.lasts_until if self.main is not None else None
        return bool(days) and until is not None and until < max(min(days), self.today)


def of_plans(session: Session, plans: Sequence[Subscription], now: datetime) -> Mapping[int, CardsShown]:
    """How the cards of these plans stand, by the plan's id; two statements."""
    wanted = [card for plan in plans for card in (plan.card, plan.backup_card) if card]
    found = session.scalars(select(SavedCard).where(SavedCard.gateway_id.in_(wanted))) if wanted else ()
    cards = {row.gateway_id: row for row in found}
    stops = open_stops(session, [plan.id for plan in plans])
    return {
        plan.id: CardsShown(
            plan, cards.get(plan.card or ""), cards.get(plan.backup_card or ""), stops.get(plan.id, ()), today(now)
        )
        for plan in plans
    }


def tried_at_once(session: Session, shown: CardsShown, now: datetime) -> Refill | None:
    """The declined refill that is tried as soon as there is a new card; None without one."""
    unpaid = shown.unpaid
    return unpaid if unpaid is not None and may_be_tried(session, unpaid, now) else None


def in_words(card: SavedCard) -> str:
    """`Visa ending in 4242, expires 04/2027`."""
    ends = f" ending in {card.last4}" if card.last4 else ""
    expires = f", expires {card.exp_month:02}/{card.exp_year}" if card.exp_month and card.exp_year else ""
    return f"{(card.brand or 'card').capitalize()}{ends}{expires}"

"""The mails about a plan's card, written in the transaction that causes them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shop.links import external, order_url
from shop.payments.cards.tables import SavedCard
from shop.work.letters import letter
from shop.work.outbox import Letter, post
from subscriptions.tables import OPEN, Refill, Subscription


def card_needed(session: Session, plan: Subscription, now: datetime) -> None:
    """The card is gone: ask for a new one, with a link."""
    post(session, f"card-needed-{plan.id}-{now.isoformat()}", plan.customer.email, needed_letter(plan), now=now)


def needed_letter(plan: Subscription) -> Letter:
    """What the customer reads when their plan has no card."""
    return _of_plan("A card is needed for your refills", "card_needed", plan)


def backup_pays(session: Session, plan: Subscription, now: datetime) -> None:
    """The card is gone and the backup card has taken its place."""
    post(session, f"backup-pays-{plan.id}-{now.isoformat()}", plan.customer.email, backup_letter(plan), now=now)


def backup_letter(plan: Subscription) -> Letter:
    """What the customer reads when their backup card pays from now on."""
    return _of_plan("Your backup card now pays your refills", "backup_pays", plan)


def expires_letter(refill: Refill, card: SavedCard) -> Letter:
    """What the customer reads when their card expires before the next charge."""
    plan = refill.subscription
    return _of_plan("Your card expires before your next refill", "card_expires", plan, refill=refill, saved=card)


def card_url(plan: Subscription, role: str = "main") -> str:
    """The page on which a card of the plan is saved."""
    return external("refillery_cards.ask", token=plan.order.token, subscription_id=plan.id, role=role)


def _of_plan(subject: str, name: str, plan: Subscription, **more: object) -> Letter:
    about = {
        "subscription": plan,
        "next_refill": next((each for each in plan.refills if each.state in OPEN), None),
        "card_url": card_url(plan),
        "url": order_url(plan.order.token),
        **more,
    }
    return letter(subject, f"subscriptions/mails/{name}", **about)

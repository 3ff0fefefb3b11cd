"""Samples of the mails about a whole plan: changed, held, ended, its card."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.clock import today
from shop.payments.cards.tables import SavedCard
from shop.work.outbox import Letter
from subscriptions import notices
from subscriptions.cards import letters
from subscriptions.controls import telling
from subscriptions.sample_mails import values
from subscriptions.summing.whole import Summary
from subscriptions.tables import DROPPED, ENDED, SessionLog
from subscriptions.unsent import asking


def changed(now: datetime) -> Letter:
    """A skipped session made the last refill needless."""
    plan = values.subscription(now)
    plan.log.append(SessionLog(number=plan.sessions, done_on=None))
    dropped = plan.refills[-1]
    dropped.state = DROPPED
    return telling.changed_letter(plan, f"Session {plan.sessions} is skipped.", (dropped,), (), now)


def held(now: datetime) -> Letter:
    """Its customer stopped it until further notice."""
    return telling.held_letter(values.subscription(now))


def unanswered(now: datetime) -> Letter:
    """A charge waited for a yes, and its day came without one."""
    return telling.unanswered_letter(values.subscription(now))


def box_waits(now: datetime) -> Letter:
    """A refill was paid and had not left when its plan was held."""
    return asking.asked_letter(values.ordered(now))


def ended(now: datetime) -> Letter:
    """It has run to its end."""
    plan = values.subscription(now)
    plan.state, plan.ended_at = ENDED, now
    plan.last_session = today(now) - timedelta(days=1)
    price = plan.refill_price
    return notices.ended_letter(plan, Summary(plan.sessions, 9, 1, len(plan.refills), price * len(plan.refills), None))


def card_needed(now: datetime) -> Letter:
    """Its card is gone."""
    return letters.needed_letter(values.subscription(now))


def backup_pays(now: datetime) -> Letter:
    """Its backup card has taken the place of the other."""
    return letters.backup_letter(values.subscription(now))


def card_expires(now: datetime) -> Letter:
    """Its card ends before the next charge."""
    refill = values.subscription(now).refills[0]
    card = SavedCard(brand="visa", last4="4242", exp_month=today(now).month, exp_year=today(now).year)
    return letters.expires_letter(refill, card)

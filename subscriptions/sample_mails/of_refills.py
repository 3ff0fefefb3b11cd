"""Samples of the mails about refills: announced, paid, declined, delayed, and at another price."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.catalogue.tables import ContraindicationNotice
from kits.clock import today
from shop.links import external
from shop.payments.tables import PaymentAttempt
from shop.sample_mails import values as shop_values
from shop.work.outbox import Letter
from subscriptions import notices
from subscriptions.cards.letters import card_url
from subscriptions.law import reminders
from subscriptions.law.regimes import UK_DMCC
from subscriptions.paying.links import link_letter
from subscriptions.prices import letters as prices
from subscriptions.prices.tables import PlanPrice
from subscriptions.repairs import letters
from subscriptions.sample_mails import values
from subscriptions.tables import Refill


def advance_notice(now: datetime) -> Letter:
    """The notice before a charge, without a newer text to read."""
    text = "Please do not use this kit if:\n\n- your scalp is sore;\n- you are unsure."
    notice = ContraindicationNotice(version="1", text=text, effective_from=today(now))
    more: dict[str, object] = {"changed": [], "asked": None, "price_before": None, "card_missing": False, "since": []}
    refill = values.subscription(now).refills[0]
    return notices.written(refill, "advance_notice", notices.ANNOUNCED, **more, notice=notice)


def paid(now: datetime) -> Letter:
    """A refill was charged."""
    payment = values.refill_payment(now)
    return notices.written(values.ordered(now), "refill_paid", notices.PAID_FOR, payment=payment)


def declined(now: datetime) -> Letter:
    """There was not enough money on the account."""
    return _declined(now, "refill_declined", notices.DECLINED_ONCE, "insufficient_funds")


def needs_you(now: datetime) -> Letter:
    """The bank wants the customer to confirm."""
    return _declined(now, "refill_needs_you", notices.PLEASE_PAY, "authentication_required")


def _declined(now: datetime, name: str, subject: str, code: str) -> Letter:
    refill = values.ordered(now)
    links = {"pay_url": _pay_url(), "card_url": card_url(refill.subscription)}
    return notices.written(refill, name, subject, attempt=PaymentAttempt(decline_code=code), **links)


def replaced(now: datetime) -> Letter:
    """A refill that was lost is sent once more."""
    return letters.replaced_letter(values.ordered(now), values.refill_order(now))


def pay_link(now: datetime) -> Letter:
    """A new link to pay for the first refill."""
    return link_letter(values.refill_order(now), _pay_url())


def waits(now: datetime) -> Letter:
    """A refill is due, and its box is not in stock."""
    return notices.waits_letter(_first(now))


def owner_waits(now: datetime) -> Letter:
    """The same, as the owner reads it."""
    return notices.owner_waits_letter(_first(now))


def price_change(now: datetime) -> Letter:
    """A refill will cost more."""
    plan = values.subscription(now)
    old = plan.refill_amount
    row = PlanPrice(subscription=plan, old_amount=old, new_amount=old + 300, from_day=today(now) + timedelta(days=30))
    return prices.written(row, today(now))


def reminder(now: datetime) -> Letter:
    """The reminder that a law asks for."""
    plan = values.subscription(now)
    plan.law = UK_DMCC
    return reminders.written(plan.refills[0])


def _first(now: datetime) -> Refill:
    return values.subscription(now).refills[0]


def _pay_url() -> str:
    return external("refillery_paying.ask", token=shop_values.TOKEN)

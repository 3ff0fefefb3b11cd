"""Reminders that a law asks for beside our notices: of the last charge in each period of so many months."""

from __future__ import annotations

from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from kits.clock import today
from shop.links import external, order_url
from shop.work.letters import letter
from shop.work.outbox import Letter, post
from subscriptions.law.regimes import regime
from subscriptions.tables import OPEN, Refill


def asked(months: int, since: date, charge_on: date, next_charge: date | None) -> bool:
    """True when a charge is the last one in the period of `months` that began after `since`, or comes later still."""
    end = since + relativedelta(months=months)
    return charge_on > end or next_charge is None or next_charge > end


def remind(session: Session, refill: Refill, now: datetime) -> None:
    """With a refill's notice write the reminder, too, where its plan's law asks for one; once a refill. Flushes."""
    plan = refill.subscription
    months = regime(plan.law).reminder_months
    if months is None or refill.reminded_at is not None:
        return
    reminded = [each.charge_on for each in plan.refills if each.reminded_at is not None]
    since = max(reminded, default=today(plan.made_at))
    later = (each.charge_on for each in plan.refills if each.number > refill.number and each.state in OPEN)
    if asked(months, since, refill.charge_on, min(later, default=None)):
        refill.reminded_at = now
        post(session, f"reminder-{refill.id}", plan.customer.email, written(refill), now=now)


def written(refill: Refill) -> Letter:
    """The reminder before a refill's charge."""
    plan = refill.subscription
    to_come = [each for each in plan.refills if each.number >= refill.number and each.state in OPEN]
    about = {
        "refill": refill,
        "plan": plan,
        "price": refill.price,
        "to_come": to_come,
        "law": regime(plan.law),
        "url": order_url(plan.order.token),
        "end_url": external("refillery_refills.ask", token=plan.order.token, subscription_id=plan.id or 0),
    }
    return letter("A reminder: your refills go on", "subscriptions/mails/reminder", **about)

"""What the shop watches of its own: payments under way, Stripe's events, mails, workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload

from kits import host
from kits.settings import setting
from shop.orders.tables import Order
from shop.payments.tables import HOSTED, OPEN, SAVED_CARD, Payment, PaymentAttempt, WebhookEvent
from shop.watching.tables import Worker
from shop.watching.watch import Found, Watch, plural, spell
from shop.work.leases import database_seconds
from shop.work.outbox import QUEUED, OutboxMail
from shop.work.timetable import LONG_AGO

SOME = 20
NEVER = -1
"""The figure where no worker was ever seen, and something was sold."""


def _before(now: datetime, minutes_of: str) -> datetime:
    return now - timedelta(minutes=float(setting(minutes_of)))


def _is_stuck(now: datetime) -> Any:
    """Charges begun long ago without a known outcome, and payment pages that should have been closed long ago."""
    long_ago = _before(now, "ALARM_STUCK_MINUTES")
    charge = and_(PaymentAttempt.way == SAVED_CARD, PaymentAttempt.started_at < long_ago)
    page = and_(PaymentAttempt.way == HOSTED, PaymentAttempt.expires_at < long_ago)
    return and_(PaymentAttempt.state.in_(OPEN), or_(charge, page))


def stuck(now: datetime) -> Any:
    """How many attempts hang."""
    return select(func.count()).select_from(PaymentAttempt).where(_is_stuck(now)).scalar_subquery()


def stuck_orders(now: datetime) -> Found:
    """The orders of the oldest of them."""
    first = select(PaymentAttempt).where(_is_stuck(now)).order_by(PaymentAttempt.started_at).limit(SOME)
    found = host.session().scalars(first.options(joinedload(PaymentAttempt.order)))
    return [(f"Order {each.order.number}", "refillery_admin.order", {"number": each.order.number}) for each in found]


def unheard(now: datetime) -> Any:
    """How many payments came after the last event of Stripe's, and long enough ago to have been told of."""
    last = select(WebhookEvent.received_at).order_by(WebhookEvent.id.desc()).limit(1).scalar_subquery()
    long_ago = now - timedelta(hours=float(setting("ALARM_WEBHOOK_HOURS")))
    since = and_(Payment.paid_at > func.coalesce(last, LONG_AGO), Payment.paid_at < long_ago, Payment.means.is_(None))
    return select(func.count()).select_from(Payment).where(since).scalar_subquery()


def waiting_events(now: datetime) -> Any:
    """How many events were stored long ago and not worked."""
    open_long = WebhookEvent.processed_at.is_(None), WebhookEvent.received_at < _before(now, "ALARM_STUCK_MINUTES")
    return select(func.count()).select_from(WebhookEvent).where(*open_long).scalar_subquery()


def waiting_mails(now: datetime) -> Any:
    """How many mails have waited long to leave."""
    since = func.coalesce(OutboxMail.again_at, OutboxMail.queued_at)
    old = OutboxMail.state == QUEUED, since < _before(now, "ALARM_MAIL_MINUTES")
    return select(func.count()).select_from(OutboxMail).where(*old).scalar_subquery()


def worker_away(now: datetime) -> Any:
    """For how many minutes no worker was seen, once they are too many."""
    seen, limit = select(func.max(Worker.seen)).scalar_subquery(), float(setting("ALARM_WORKER_MINUTES"))
    minutes = cast((database_seconds() - seen) / 60, Integer)
    sold = exists(select(Order.id).where(Order.paid_at < now - timedelta(minutes=limit)))
    never = and_(seen.is_(None), sold)
    return case((never, NEVER), (database_seconds() - seen > limit * 60, minutes), else_=0)


def _stuck_says(figure: int) -> str:
    long = spell(setting("ALARM_STUCK_MINUTES"))
    return (
        f"{plural(figure, 'payment', 'payments')} began more than {long} ago and the outcome is not known. "
        "A worker asks Stripe until it is; see that one runs and reaches Stripe."
    )


def _unheard_says(figure: int) -> str:
    return (
        f"No event of Stripe's has come, although {plural(figure, 'payment was', 'payments were')} made "
        f"{setting('ALARM_WEBHOOK_HOURS'):g} hours ago or more. Check the webhook's address and secret at Stripe."
    )


def _events_say(figure: int) -> str:
    long = spell(setting("ALARM_STUCK_MINUTES"))
    return f"{plural(figure, 'event', 'events')} of Stripe's could not be worked on for more than {long}: see why."


def _mails_say(figure: int) -> str:
    long = spell(setting("ALARM_MAIL_MINUTES"))
    return f"{plural(figure, 'mail has', 'mails have')} waited to leave for more than {long}: see what the server says."


def _worker_says(figure: int) -> str:
    seen = "yet" if figure == NEVER else f"for {plural(figure, 'minute', 'minutes')}"
    return f"No worker has been seen {seen}: nothing is charged, announced or mailed. Start one: flask shop work."


WORKER = Watch("worker", "Workers", worker_away, _worker_says, "refillery_admin.watch")
OWN_WATCHES = (
    WORKER,
    Watch("stuck", "Payments under way", stuck, _stuck_says, "refillery_admin.watch", some=stuck_orders),
    Watch("silence", "Webhooks", unheard, _unheard_says, "refillery_admin.events"),
    Watch("events", "Events to work on", waiting_events, _events_say, "refillery_admin.events", {"state": "waiting"}),
    Watch("mails", "Mails to send", waiting_mails, _mails_say, "refillery_admin.mails", {"state": "queued"}),
)

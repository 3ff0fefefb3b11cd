"""Samples of the mails about a recall."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.clock import today
from kits.stock.recall.tables import Recall
from shop.links import order_url
from shop.sample_mails import values
from shop.work.outbox import Letter
from subscriptions.recall import letters
from subscriptions.recall.tables import RecalledBox


def recalled(now: datetime) -> Letter:
    """A recall whose box is in use, its plan held."""
    case = {"serves": True, "held": True, "charging": False}
    url = order_url(values.TOKEN)
    return letters.preview(values.serum(now), "A seal may not be tight.", 1, url, values.NUMBER, **case)


def replaced(now: datetime) -> Letter:
    """The replacement is being packed."""
    return letters.about_box("replaced", "Your replacement is being packed", _box(now))


def goes_on(now: datetime) -> Letter:
    """The plan goes on after a hold."""
    days = [{"next": today(now), "last": today(now) + timedelta(days=120), "refill": today(now) + timedelta(days=30)}]
    return letters.about_box("goes_on", "Your plan goes on: its new dates", _box(now), days=days)


def _box(now: datetime) -> RecalledBox:
    return RecalledBox(recall=Recall(lot=values.serum(now)), order=values.order(now), units=1, shipped_at=now)

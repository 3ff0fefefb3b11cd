"""Samples of the mails about signing in, the stock, and mails that did not arrive."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.clock import today
from kits.stock.figures import Figures
from shop.customers.signing_in.links import link_letter
from shop.links import external
from shop.sample_mails import values
from shop.stock.watch import Watched
from shop.watching.own import WORKER
from shop.watching.telling import alarm_letter, over_letter
from shop.watching.watch import Alarm
from shop.work.letters import letter
from shop.work.mailing.alarms import dead_letter, refused_letter
from shop.work.outbox import Letter


def sign_in(now: datetime) -> Letter:
    """A link that signs nobody in."""
    return link_letter(values.TOKEN)


def erased(now: datetime) -> Letter:
    """Erased, with an invoice and a recall contact kept apart."""
    until = {"invoice_until": today(now) + timedelta(days=6 * 365), "recall_until": today(now) + timedelta(days=1095)}
    return letter("Your data is erased", "shop/mails/erased", **until)


def stock_alerts(now: datetime) -> Letter:
    """Serum runs low, is promised too often, and a lot of it expires soon."""
    lot = values.serum(now)
    lot.expires_on = today(now) + timedelta(days=30)
    row = Figures(lot.item, on_hand=8, expired=0, quarantined=0, reserved=6, committed=4, available=0, missing=2)
    about = {"new": Watched([row], [row], [lot]), "url": external("refillery_admin.today")}
    return letter("The stock needs a look", "shop/mails/stock_alerts", **about)


def refused(now: datetime) -> Letter:
    """A mail was refused."""
    return refused_letter(1)


def dead(now: datetime) -> Letter:
    """Mails were given up."""
    return dead_letter()


def alarm(now: datetime) -> Letter:
    """No worker was seen."""
    return alarm_letter([Alarm(WORKER, 12)])


def alarm_over(now: datetime) -> Letter:
    """One is seen again."""
    return over_letter([Alarm(WORKER, 0)])

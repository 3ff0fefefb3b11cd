"""Alerts about the stock: the owner is told once when something crosses its mark, in one mail a round."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits import host, signals
from kits.clock import today
from kits.settings import setting
from shop.links import external
from shop.stock.tables import StockAlert
from shop.stock.watch import Watched, look
from shop.work.letters import letter
from shop.work.outbox import post
from shop.work.timetable import periodic


def look_after_stock(now: datetime) -> None:
    """Write down what crossed its mark since the last look, tell the owner, and clear what is well again. Commits.

    Two workers that look at once tell of a thing once. A receiver of
    `stock_low` is told once a crossing, after the commit.
    """
    with host.unit() as session:
        # Locked, so that what this round clears or raises is what it has seen.
        alerts = session.scalars(select(StockAlert).order_by(StockAlert.id).with_for_update()).all()
        known = {(alert.kind, alert.subject): alert for alert in alerts}
        watched = look(session, today(now))
        raised = [found for about in watched.subjects if (found := _raised(session, known.get(about), about, now))]
        _clear(session, [alert.id for about, alert in known.items() if about not in watched.subjects], now)
        if raised:
            _tell(session, raised, watched.among({(alert.kind, alert.subject) for alert in raised}), now)


def _raised(session: Session, alert: StockAlert | None, about: tuple[str, str], now: datetime) -> StockAlert | None:
    """The alert, if it was raised by us just now: it is new, or it had been cleared."""
    if alert is None:
        alert = StockAlert(kind=about[0], subject=about[1], raised_at=now)
        with suppress(IntegrityError), session.begin_nested():  # another worker may raise it at the same moment
            session.add(alert)
            session.flush()
            return alert
        return None
    if alert.cleared_at is None:
        return None
    alert.raised_at, alert.cleared_at, alert.times = now, None, alert.times + 1
    session.flush()
    return alert


def _clear(session: Session, ids: Iterable[int], now: datetime) -> None:
    well = update(StockAlert).where(StockAlert.id.in_(list(ids)), StockAlert.cleared_at.is_(None))
    session.execute(well.values(cleared_at=now))


def _tell(session: Session, raised: Iterable[StockAlert], new: Watched, now: datetime) -> None:
    for row in new.low:
        host.after_commit(partial(signals.send, signals.stock_low, sku=row.item.sku, available=row.available))
    if owner := setting("OWNER_EMAIL"):
        crossings = ",".join(f"{alert.id}.{alert.times}" for alert in raised)
        key = f"stock-{hashlib.sha256(crossings.encode()).hexdigest()[:32]}"
        about = {"new": new, "url": external("refillery_admin.today")}
        post(session, key, owner, letter("The stock needs a look", "shop/mails/stock_alerts", **about), now=now)


STOCK_DUTY = periodic("stock alerts", timedelta(minutes=5), look_after_stock)

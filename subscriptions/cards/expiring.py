"""Cards that expire before the next charge: their customers are told a month and a week before that charge.

Each is looked up at the gateway first: its bank may have renewed it meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import Select, and_, exists, extract, or_, select
from sqlalchemy.orm import aliased

from kits import host
from kits.clock import today
from shop.payments.cards.tables import SavedCard
from shop.work.outbox import OutboxMail, post
from shop.work.timetable import periodic
from subscriptions.cards import letters
from subscriptions.cards.looking import look
from subscriptions.stops.stopping import stopped
from subscriptions.tables import ACTIVE, OPEN, TO_COME, Refill, Subscription

A_PIECE = 200


def tell(now: datetime) -> None:
    """Write the mails that are due today, each once for a refill and a card. Commits, mail by mail.

    A card that the gateway cannot be asked about now is looked at again tomorrow.
    """
    host.outside_transaction()
    day, after = today(now), 0
    while found := _expiring(day, after):
        for refill_id, card in found:
            look(card, now)
            _tell(refill_id, now)
        after = found[-1][0]


def stage(charge_on: date, day: date) -> str | None:
    """Which mail is due on `day` before a charge on `charge_on`: `week`, `month`, or None."""
    if day > charge_on:
        return None
    if day >= charge_on - timedelta(days=7):
        return "week"
    return "month" if day >= charge_on - relativedelta(months=1) else None


def _expiring(day: date, after: int) -> Sequence[tuple[int, str]]:
    """A piece of the refills that are charged within a month after their card has expired: their ids, their cards."""
    try:
        rows = host.session().execute(_query(day).where(Refill.id > after).order_by(Refill.id).limit(A_PIECE))
        return [(refill_id, card) for refill_id, card in rows]
    finally:
        host.end_reads()


def _query(day: date) -> Select[int, str]:
    soon = day + relativedelta(months=1)
    ends_by = or_(
        SavedCard.exp_year < soon.year, and_(SavedCard.exp_year == soon.year, SavedCard.exp_month <= soon.month)
    )
    charged_in = extract("year", Refill.charge_on) * 12 + extract("month", Refill.charge_on)
    earlier = aliased(Refill)
    blocked = exists().where(
        earlier.subscription_id == Refill.subscription_id, earlier.number < Refill.number, earlier.state.in_(OPEN)
    )
    return (
        select(Refill.id, SavedCard.gateway_id)
        .join(Subscription, Subscription.id == Refill.subscription_id)
        .join(SavedCard, SavedCard.gateway_id == Subscription.card)
        .where(ends_by, SavedCard.exp_year * 12 + SavedCard.exp_month < charged_in)
        .where(SavedCard.gone_at.is_(None), Subscription.state == ACTIVE)
        .where(Refill.state.in_(TO_COME), Refill.charge_on >= day, Refill.charge_on <= soon)
        .where(~blocked, ~stopped(Subscription.id))
    )


def _tell(refill_id: int, now: datetime) -> None:
    with host.unit() as session:
        refill = session.get_one(Refill, refill_id, populate_existing=True)
        plan = refill.subscription
        card = session.scalars(select(SavedCard).where(SavedCard.gateway_id == plan.card)).first()
        which = stage(refill.charge_on, today(now))
        until = card.lasts_until if card is not None else None
        if card is None or until is None or until >= refill.charge_on or which is None or plan.rests:
            return
        key = f"card-expires-{refill.id}-{card.id}-{which}"
        if session.scalar(select(OutboxMail.id).where(OutboxMail.key == key)) is None:
            post(session, key, plan.customer.email, letters.expires_letter(refill, card), now=now)


EXPIRING_DUTY = periodic("cards that expire", timedelta(hours=12), tell)

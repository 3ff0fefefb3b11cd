"""A declined refill and a new card: tried at once where that is still allowed, because its customer asked for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from shop.payments.cards.tables import SavedCard
from subscriptions.billing import declines
from subscriptions.billing.dunning import may_try
from subscriptions.locks import lock_refills
from subscriptions.tables import DECLINED, UNPAID, Refill, Subscription


def with_new_card(session: Session, plan: Subscription, card: SavedCard, old: str | None, now: datetime) -> None:
    """Let the duty of charges try what was declined of a locked plan with this card, in its next round. Flushes.

    Not where eight tries were made in thirty days, nor where the bank said of
    this very card that it must not be tried again.
    """
    for refill in lock_refills(session, plan.id):
        if refill.state in UNPAID and may_be_tried(session, refill, now) and not _refused(session, refill, card, old):
            refill.state, refill.retry_on, refill.retry_after = DECLINED, today(now), None
            refill.tries_backup = False
    session.flush()


def without_backup(session: Session, plan: Subscription, card: str | None, now: datetime) -> None:
    """A backup card has left a locked plan: what was to be tried with it next is not. Flushes."""
    for refill in lock_refills(session, plan.id) if card else ():
        if refill.state == DECLINED and refill.tries_backup and refill.backup_tried == card:
            declines.without_backup(session, plan, refill, now)


def may_be_tried(session: Session, refill: Refill, now: datetime) -> bool:
    """True while a declined refill may be tried once more with another card."""
    return refill.order_id is not None and may_try(
        [*declines.earlier(session, refill), *declines.of(session, refill)], now
    )


def _refused(session: Session, refill: Refill, card: SavedCard, old: str | None) -> bool:
    """The card is the one that was refused for good, saved once more."""
    own = [each for each in declines.of(session, refill) if not each.backup]
    if not own or own[-1].kind in ("soft", "passing"):
        return False
    before = session.scalars(select(SavedCard).where(SavedCard.gateway_id == old)).first()
    return before is not None and before.same_as(card)

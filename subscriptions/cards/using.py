"""Which card pays a plan, within an open unit: a saved one takes its place, a lost one leaves it.

Locks are taken in one order: the rows of cards, then the plan, then its refills.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.rows import keep_to
from shop.payments.cards.keeping import locking
from shop.payments.cards.tables import SavedCard
from shop.payments.tables import Payment
from shop.registers import CardFact
from subscriptions.billing import declines
from subscriptions.cards import letters, missing, retrying
from subscriptions.locks import lock_plan, lock_whole, locked_plan
from subscriptions.stops.stopping import card_is_there
from subscriptions.stops.tables import CARD, BillingStop
from subscriptions.tables import ACTIVE, Refill, Subscription

MAIN, BACKUP = "main", "backup"
ROLES = (MAIN, BACKUP)
CURED = frozenset(
    [
        "expired_card",
        "incorrect_number",
        "invalid_account",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "lost_card",
        "new_account_information_available",
        "pickup_card",
        "stolen_card",
    ]
)
"""Declines after which a card that its bank has renewed can pay again."""

_PLAN: Any = Subscription.__table__
_LOCK_CARDS = locking(
    *(select(card).where(_PLAN.c.id == bindparam("plan")) for card in (_PLAN.c.card, _PLAN.c.backup_card))
)


def about(subscription_id: int, role: str) -> str:
    """What a card is saved for, as the shop keeps it for us."""
    return f"plan:{subscription_id}:{role}"


def card_step(session: Session, fact: CardFact) -> None:
    """What becomes of kept cards, as it bears on plans; see `shop.registers.CardStep`."""
    if fact.what == "saved":
        _saved(session, fact)
        return
    for plan_id in _plans_of(session, fact.card.gateway_id):
        lock_plan(session, plan_id)
        plan = session.get_one(Subscription, plan_id, populate_existing=True)
        if fact.what == "gone":
            lose(session, plan, fact.card.gateway_id, fact.now)
        elif plan.card == fact.card.gateway_id:
            _renewed(session, plan, fact.card, fact.now)
    session.flush()


def lock_with_cards(session: Session, subscription_id: int) -> Subscription:
    """The plan under its lock, read afresh, the rows of its cards locked before."""
    session.flush()
    _LOCK_CARDS.run(session, {"plan": subscription_id})
    return locked_plan(session, subscription_id)


def lock_whole_with_cards(session: Session, subscription_id: int) -> Subscription:
    """The same with its refills, which are locked after it; see `lock_whole`."""
    _LOCK_CARDS.run(session, {"plan": subscription_id})
    return lock_whole(session, subscription_id)


def paid_with(session: Session, plan: Subscription, refill: Refill, payment: Payment, now: datetime) -> None:
    """A refill of a locked plan was paid: the card that paid is the plan's from now on. Flushes.

    Unless it was the backup card and the first one may still be tried: then
    each keeps its place.
    """
    by_backup = payment.card is not None and payment.card == refill.backup_tried
    keep_to(refill, retry_on=None, retry_after=None, tries_backup=False)
    if payment.card is None or payment.card == plan.card or (by_backup and _first_may_be_tried(session, refill)):
        return
    old, plan.card = plan.card, payment.card
    plan.card_brand, plan.card_last4 = payment.card_brand, payment.card_last4
    if plan.backup_card == payment.card:
        plan.backup_card = None
    card_is_there(session, plan.id, now)
    session.flush()
    let_go(session, old, now)
    gone = select(SavedCard.id).where(SavedCard.gateway_id == payment.card, SavedCard.gone_at.is_not(None))
    if session.scalar(gone) is not None:  # it was removed before we heard that it had paid
        lose(session, plan, payment.card, now)


def lose(session: Session, plan: Subscription, card: str, now: datetime) -> None:
    """A card of a locked plan is gone: the backup takes its place, else a new one is asked for, at once. Flushes."""
    if plan.backup_card == card:
        plan.backup_card = None
        retrying.without_backup(session, plan, card, now)
    if plan.card != card:
        return
    plan.card, plan.card_brand, plan.card_last4 = None, None, None
    session.flush()
    if plan.backup_card is None:
        missing.ask(session, plan, now)
    elif plan.state == ACTIVE and missing.still_pays(session, plan):
        _promote(session, plan, now)
    session.flush()


def let_go(session: Session, card: str | None, now: datetime) -> None:
    """Have a card detached that pays no running plan any more. Flushes."""
    used = exists().where(
        or_(Subscription.card == card, Subscription.backup_card == card), Subscription.state == ACTIVE
    )
    unused = update(SavedCard).where(SavedCard.gateway_id == card, SavedCard.gone_at.is_(None), ~used)
    session.execute(unused.values(leaves_at=now).execution_options(synchronize_session=False))


def _saved(session: Session, fact: CardFact) -> None:
    kind, _, rest = fact.about.partition(":")
    plan_id, _, role = rest.partition(":")
    if kind != "plan" or not plan_id.isdigit() or role not in ROLES:
        return
    plan, card = lock_with_cards(session, int(plan_id)), fact.card
    if plan.state != ACTIVE:
        fact.card.leaves_at = fact.now
        return
    replaced = _put(session, plan, card, role, fact.now)
    subject = f"subscription {plan.id}"
    audit.record(session, at=fact.now, actor="customer", action="card.saved", subject=subject, role=role)
    session.flush()
    let_go(session, replaced, fact.now)


def _put(session: Session, plan: Subscription, card: SavedCard, role: str, now: datetime) -> str | None:
    """Give the card its place in the plan; the id of the one that was there. A plan without a card takes any."""
    if role == BACKUP and plan.card is not None:
        replaced, plan.backup_card = plan.backup_card, card.gateway_id
        retrying.without_backup(session, plan, replaced, now)
        return replaced
    replaced = plan.card
    plan.card, plan.card_brand, plan.card_last4 = card.gateway_id, card.brand, card.last4
    retrying.with_new_card(session, plan, card, replaced, now)
    card_is_there(session, plan.id, now)
    return replaced


def _promote(session: Session, plan: Subscription, now: datetime) -> None:
    mine = select(SavedCard).where(SavedCard.gateway_id == plan.backup_card)
    backup = session.scalars(mine).one()
    plan.card, plan.backup_card = backup.gateway_id, None
    plan.card_brand, plan.card_last4 = backup.brand, backup.last4
    letters.backup_pays(session, plan, now)


def _renewed(session: Session, plan: Subscription, card: SavedCard, now: datetime) -> None:
    plan.card_brand, plan.card_last4 = card.brand, card.last4
    waiting = select(BillingStop.detail).where(
        BillingStop.subscription_id == plan.id, BillingStop.cause == CARD, BillingStop.ended_at.is_(None)
    )
    if session.scalar(waiting) in CURED:
        card_is_there(session, plan.id, now)


def _first_may_be_tried(session: Session, refill: Refill) -> bool:
    own = [each for each in declines.of(session, refill) if not each.backup]
    return bool(own) and own[-1].kind == "soft"


def _plans_of(session: Session, card: str) -> Sequence[int]:
    mine = or_(Subscription.card == card, Subscription.backup_card == card)
    return session.scalars(select(Subscription.id).where(mine).order_by(Subscription.id)).all()

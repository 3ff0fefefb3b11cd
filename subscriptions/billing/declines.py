"""Recording a declined refill: the backup card is tried, it is tried again on a day, or its customer is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from shop.payments.cards.tables import SavedCard
from shop.payments.tables import PaymentAttempt
from shop.registers import Settled
from subscriptions import notices
from subscriptions.billing.dunning import Again, AskCustomer, Backup, Decline, Next, after, free_on, may_try
from subscriptions.billing.retry_days import retry_days
from subscriptions.locks import lock_plan
from subscriptions.stops.stopping import stop
from subscriptions.stops.tables import CARD
from subscriptions.tables import DECLINED, NEEDS_CUSTOMER, OPEN, Refill, Subscription


def record(session: Session, refill: Refill, settled: Settled) -> None:
    """Inside the settling transaction: set the refill's state and write to the customer. Flushes."""
    if settled.attempt is None:
        return
    lock_plan(session, refill.subscription_id)
    plan = session.get_one(Subscription, refill.subscription_id, populate_existing=True)
    session.refresh(refill, with_for_update={"of": Refill})
    if refill.state not in OPEN:
        return
    declines = of(session, refill)
    before = earlier(session, refill)
    if _was_replaced(plan, refill, settled.attempt) and may_try([*before, *declines], settled.now):
        # Its customer saved another card while it was tried, and was told that we try that one at once.
        refill.state, refill.retry_on, refill.retry_after = DECLINED, today(settled.now), None
        return
    has_backup = _has_backup(session, plan, settled.attempt)
    step = after(declines, retry_days(), today, has_backup=has_backup, earlier=before)
    _forget_dead_backup(plan, declines[-1])
    _move(session, plan, refill, step, settled.attempt, settled.now)


def without_backup(session: Session, plan: Subscription, refill: Refill, now: datetime) -> None:
    """The backup card that a locked refill was to be tried with next is gone: go on as without one. Flushes."""
    declined = PaymentAttempt.order_id == refill.order_id, PaymentAttempt.decline_code.is_not(None)
    last = session.scalars(select(PaymentAttempt).where(*declined).order_by(PaymentAttempt.number.desc())).first()
    if last is not None:
        before = earlier(session, refill)
        step = after(of(session, refill), retry_days(), today, has_backup=False, earlier=before)
        _move(session, plan, refill, step, last, now)


def of(session: Session, refill: Refill) -> Sequence[Decline]:
    """What was said of the refill's declined tries, the oldest first.

    A backup card that has taken the place of the other since is the plan's own: its days are counted.
    """
    return _of_orders(session, refill, [refill.order_id])


def earlier(session: Session, refill: Refill) -> Sequence[Decline]:
    """The same of the refill's orders that were closed unpaid before."""
    return _of_orders(session, refill, refill.earlier_orders) if refill.earlier_orders else ()


def may_be_tried_on(session: Session, refill: Refill, now: datetime) -> date | None:
    """The day from which a refill may be ordered anew, as often as its card was tried before; None for at once."""
    return free_on(earlier(session, refill), now, today)


def _of_orders(session: Session, refill: Refill, order_ids: Sequence[int | None]) -> Sequence[Decline]:
    backup = refill.backup_tried if refill.backup_tried != refill.subscription.card else None
    declined = PaymentAttempt.order_id.in_(order_ids), PaymentAttempt.decline_code.is_not(None)
    tries = session.scalars(select(PaymentAttempt).where(*declined).order_by(PaymentAttempt.id))
    return [
        Decline(
            at=each.ended_at or each.started_at,
            code=each.decline_code or "",
            advice=each.advice_code,
            network_advice=each.network_advice_code,
            network=each.network_decline_code,
            brand=each.card_brand,
            backup=each.card is not None and each.card == backup,
        )
        for each in tries
    ]


def _was_replaced(plan: Subscription, refill: Refill, tried: PaymentAttempt) -> bool:
    """Another card pays the plan by now than the one that was tried, and that was not the backup."""
    return tried.card not in (None, refill.backup_tried) and plan.card not in (None, tried.card)


def _has_backup(session: Session, plan: Subscription, tried: PaymentAttempt) -> bool:
    """There is a backup card, and it is not the card that was tried in another guise."""
    if plan.backup_card is None:
        return False
    both = session.scalars(select(SavedCard).where(SavedCard.gateway_id.in_((plan.backup_card, tried.card)))).all()
    rows = {row.gateway_id: row for row in both}
    backup, first = rows.get(plan.backup_card), rows.get(tried.card or "")
    if backup is None or backup.gone_at is not None:
        return False
    return first is None or not backup.same_as(first)


def _forget_dead_backup(plan: Subscription, last: Decline) -> None:
    if last.backup and last.kind in ("hard", "stopped"):
        plan.backup_card = None


def _move(
    session: Session, plan: Subscription, refill: Refill, step: Next, attempt: PaymentAttempt, now: datetime
) -> None:
    refill.retry_on, refill.retry_after, refill.tries_backup = None, None, False
    refill.state = NEEDS_CUSTOMER if isinstance(step, AskCustomer) else DECLINED
    if isinstance(step, Backup):
        # Its outcome is told: a mail that says only that the first card failed would ask for what is not needed.
        refill.retry_on, refill.tries_backup, refill.backup_tried = today(now), True, plan.backup_card
    elif isinstance(step, Again):
        refill.retry_on, refill.retry_after = step.on, step.not_before
        notices.declined(session, refill, attempt, now)
    else:
        if step.card_is_dead:
            stop(session, plan.id, CARD, now=now, detail=attempt.decline_code)
        notices.asks_customer(session, refill, attempt, now)
    session.flush()

"""Billing one refill: reserve and order in one transaction, charge, and let settling record it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from kits import host
from kits.clock import today
from kits.errors import SoldOut
from shop.environment import standing
from shop.orders.repeat import ADDRESS, place_refill
from shop.orders.tables import Order, OrderLine
from shop.payments.charge import begin, charge_saved_card, go_on
from shop.payments.hosted import release
from shop.work import leases
from subscriptions import commitments, notices, successors
from subscriptions.billing import declines
from subscriptions.holding import resting
from subscriptions.plan.schedule import serves_until, still_needed
from subscriptions.replanning import announce_anew
from subscriptions.stops.stopping import stopped
from subscriptions.tables import (
    CANCELLED,
    CHARGING,
    DECLINED,
    DROPPED,
    NOTIFIED,
    OPEN,
    WAITING,
    DeliveryAddress,
    Refill,
    Subscription,
)

BILLABLE = (NOTIFIED, WAITING, CHARGING, DECLINED)


def bill(refill_id: int, now: datetime) -> None:
    """Bring one due refill forward: drop it, let it wait for stock, or order and charge it. Commits.

    When the plan is over, or its customer ended it and it could not be closed
    at once, nothing more is charged. Safe to call again wherever an earlier call died. Raises GatewayError or
    Busy with `retry` while the outcome is not known.
    """
    host.outside_transaction()
    standing.require(now, to_charge=True)
    try:
        with host.unit() as session:
            refill = _locked(session, refill_id)
            if refill is None:
                return
            over = refill.is_over(today(now))
            charge = None if over else _taken_up(session, refill, now)
    except SoldOut:
        _wait_for_stock(refill_id, now)
        return
    if over:
        lapse(refill_id, now)
    elif charge is not None:
        charge()


def lapse(refill_id: int, now: datetime) -> None:
    """The plan is over or ended: the refill is closed, its order closed at the gateway and cancelled first. Commits."""
    host.outside_transaction()
    refill = host.session().get_one(Refill, refill_id)
    order_id, over = refill.order_id, refill.is_over(today(now))
    host.end_reads()
    if not over:  # it was held since this was found to be due
        return
    if order_id is not None:
        release.cancel(order_id, now=now)
    with host.unit() as session:
        if not move(session, refill_id, OPEN, number=Refill.number):
            return
        refill = session.get_one(Refill, refill_id, populate_existing=True)
        if order_id is None and not refill.is_over(today(now)):  # needed again meanwhile
            return
        needed = still_needed(max(refill.needed_on, today(now)), refill.subscription.last_session)
        refill.state = CANCELLED if needed else DROPPED


def move(session: Session, refill_id: int, states: Sequence[str], **values: object) -> bool:
    """Change a refill that is still in one of `states`, taking its row lock; False when it is not. Flushes."""
    refill = update(Refill).where(Refill.id == refill_id, Refill.state.in_(states))
    return bool(session.execute(refill.values(**values)).rowcount)  # type: ignore[attr-defined]


def _locked(session: Session, refill_id: int) -> Refill | None:
    """The refill under its row lock, read afresh; None when it is not to be charged."""
    same = update(Refill).where(Refill.id == refill_id, Refill.state.in_(BILLABLE)).values(number=Refill.number)
    afresh = {"synchronize_session": False, "populate_existing": True}
    return session.scalars(same.returning(Refill), execution_options=afresh).first()


def _taken_up(session: Session, refill: Refill, now: datetime) -> Callable[[], object] | None:
    """Take a refill up: how it is charged once this is committed. None while its plan rests, or it is announced anew.

    What is being charged is brought to its end. A refill without an order is ordered, its charge begun with it;
    raises SoldOut while there is no stock.
    """
    if refill.state != CHARGING and not _ripe(session, refill, now):
        return None
    if refill.order_id is None and (day := declines.may_be_tried_on(session, refill, now)):
        refill.state, refill.charge_on, refill.waited_at = NOTIFIED, day, None
        return None
    if refill.order_id is None and _costs_more_than_named(refill):
        announce_anew(refill, today(now))
        return None
    refill.state = CHARGING
    if refill.order_id is not None:
        return partial(charge_saved_card, refill.order_id, _card(refill), now=now)
    me, since = leases.holder(), time.monotonic()
    order = _place(session, refill, me, now)
    refill.order_id = order.id
    return partial(go_on, begin(session, order, _card(refill), now=now), me, since, now=now)


def _costs_more_than_named(refill: Refill) -> bool:
    """True when more boxes are wanted by now than the notice was for."""
    named, unit = refill.notice_amount, refill.notice_unit
    return named is None or unit is None or unit * refill.subscription.quantity > named


def _ripe(session: Session, refill: Refill, now: datetime) -> bool:
    """Asked anew now that the row is locked: while we waited for it, it may have been moved, held or asked about."""
    day = (refill.retry_on if refill.state == DECLINED else None) or refill.charge_on
    rests = or_(resting(refill.subscription_id, today(now)), stopped(refill.subscription_id))
    if refill.reopens_at is not None or not _card(refill) or session.scalar(select(rests)):
        return False
    return day <= today(now) and (refill.confirmed_at is not None or not refill.must_confirm)


def _card(refill: Refill) -> str:
    """The card to try; empty when the plan has none."""
    return (refill.backup_tried if refill.tries_backup else refill.subscription.card) or ""


def _place(session: Session, refill: Refill, me: str, now: datetime) -> Order:
    if refill.notice_unit is None or refill.notice_amount is None:
        raise RuntimeError("a refill is charged for what its advance notice named, and it has none")
    order = place(session, refill, refill.notice_unit, now=now, holder=me)
    if order.total_amount > refill.notice_amount:
        raise RuntimeError("a refill may never cost more than its advance notice named")
    return order


def place(
    session: Session,
    refill: Refill,
    unit_amount: int,
    *,
    now: datetime,
    holder: str | None = None,
    order_number: str | None = None,
) -> Order:
    """Order a refill whose row is locked, at `unit_amount` a box; the rest as `place_refill`. Flushes."""
    subscription = refill.subscription
    # A box that comes late is opened late: what goes into it must last for the sessions that are still to come.
    until = serves_until(subscription.course_on(today(now)), max(refill.needed_on, today(now)))
    demands = commitments.demands_of(refill, until, now)
    commitments.consume(session, refill)
    whole = joinedload(OrderLine.order).joinedload(Order.customer)
    line = session.get_one(OrderLine, subscription.line_id, options=[whole])
    return place_refill(
        session, line, number=refill.number, quantity=subscription.quantity,
        unit_amount=unit_amount, serves_until=until, demands=demands, now=now,
        ships_to=moved_to(session, subscription), holder=holder, order_number=order_number,
    )  # fmt: skip


def moved_to(session: Session, subscription: Subscription) -> dict[str, str] | None:
    """Where the plan's customer wants its refills sent since they moved."""
    mine = select(DeliveryAddress).where(DeliveryAddress.subscription_id == subscription.id)
    row = session.scalars(mine).first()
    return {field: getattr(row, field) for field in ADDRESS} if row else None


def _wait_for_stock(refill_id: int, now: datetime) -> None:
    with host.unit() as session:
        if not move(session, refill_id, (NOTIFIED, WAITING), state=WAITING, waited_at=now):
            return
        refill = session.get_one(Refill, refill_id, populate_existing=True)
        if successors.outdated(refill, now):
            # The successor may be there, but the customer was told of another item: announce it first.
            announce_anew(refill, today(now))
        else:
            notices.waits_for_stock(session, refill, now)

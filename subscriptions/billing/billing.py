"""Billing one refill: reserve and order in one transaction, charge, and let settling record it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from kits import host
from kits.catalogue import parts
from kits.clock import today
from kits.errors import SoldOut
from kits.stock.promises.commitments import WITHDRAW
from shop.environment import standing
from shop.orders.repeat import ADDRESS, place_refill
from shop.orders.tables import Order
from shop.payments.charge import FirstCharge, charge_saved_card
from shop.payments.hosted import release
from subscriptions import commitments, notices, successors
from subscriptions.billing import declines, reading
from subscriptions.billing.reading import ToBill
from subscriptions.plan.schedule import serves_until, still_needed
from subscriptions.replanning import announce_anew
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

_REFILL: Any = Refill.__table__
_TAKEN = (
    WITHDRAW,
    update(_REFILL)
    .where(_REFILL.c.id == bindparam("refill"))
    .values(state=CHARGING, order_id=bindparam("order"), committed_on=None, committed_at=None),
)
"""What becomes of a refill with its order: its own reservation takes the place of what was kept back for it."""


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
            found = reading.locked(session, refill_id, today(now))
            if found is None:
                return
            over = found.refill.is_over(today(now))
            charge = None if over else _taken_up(session, found, now)
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


def _taken_up(session: Session, found: ToBill, now: datetime) -> Callable[[], object] | None:
    """Take a refill up: how it is charged once this is committed. None while its plan rests, or it is announced anew.

    What is being charged is brought to its end. A refill without an order is ordered, its charge begun with it;
    raises SoldOut while there is no stock.
    """
    refill = found.refill
    if refill.state != CHARGING and not _ripe(found, now):
        return None
    if refill.order_id is None and (day := declines.may_be_tried_on(session, refill, now)):
        refill.state, refill.charge_on, refill.waited_at = NOTIFIED, day, None
        return None
    if refill.order_id is None and _costs_more_than_named(refill):
        announce_anew(refill, today(now))
        return None
    if refill.order_id is not None:
        refill.state = CHARGING
        return partial(charge_saved_card, refill.order_id, _card(refill), now=now)
    charge = FirstCharge(_card(refill), refill.subscription.customer.stripe_customer, now)
    _place(session, found, charge, now)
    return charge.go_on


def _costs_more_than_named(refill: Refill) -> bool:
    """True when more boxes are wanted by now than the notice was for."""
    named, unit = refill.notice_amount, refill.notice_unit
    return named is None or unit is None or unit * refill.subscription.quantity > named


def _ripe(found: ToBill, now: datetime) -> bool:
    """Asked anew now that the row is locked: while we waited for it, it may have been moved, held or asked about."""
    refill = found.refill
    day = (refill.retry_on if refill.state == DECLINED else None) or refill.charge_on
    if refill.reopens_at is not None or not _card(refill) or found.rests:
        return False
    return day <= today(now) and (refill.confirmed_at is not None or not refill.must_confirm)


def _card(refill: Refill) -> str:
    """The card to try; empty when the plan has none."""
    return (refill.backup_tried if refill.tries_backup else refill.subscription.card) or ""


def _place(session: Session, found: ToBill, charge: FirstCharge, now: datetime) -> None:
    refill = found.refill
    if refill.notice_unit is None or refill.notice_amount is None:
        raise RuntimeError("a refill is charged for what its advance notice named, and it has none")
    ships_to = moved_to(session, refill.subscription) if found.moved else None
    order = place(session, refill, refill.notice_unit, now=now, charge=charge, ships_to=ships_to)
    if order.total_amount > refill.notice_amount:
        raise RuntimeError("a refill may never cost more than its advance notice named")


def place(
    session: Session,
    refill: Refill,
    unit_amount: int,
    *,
    now: datetime,
    charge: FirstCharge | None = None,
    order_number: str | None = None,
    ships_to: dict[str, str] | None = None,
) -> Order:
    """Order a refill whose row is locked, at `unit_amount` a box; the rest as `place_refill`. Flushes.

    From then on it is being charged, and its own reservation takes the place of what was kept back for it.
    """
    subscription = refill.subscription
    # A box that comes late is opened late: what goes into it must last for the sessions that are still to come.
    until = serves_until(subscription.course_on(today(now)), max(refill.needed_on, today(now)))
    demands = commitments.demands_of(refill, until, now, parts.of_kit(session, subscription.kit_id))
    return place_refill(
        session, subscription.line, number=refill.number, quantity=subscription.quantity,
        unit_amount=unit_amount, serves_until=until, demands=demands, now=now,
        ships_to=ships_to, charge=charge, order_number=order_number,
        also=_TAKEN, given={"refill": refill.id, "source": commitments.source(refill.id)},
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

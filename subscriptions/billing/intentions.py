"""What billing would do with each refill whose day has come, and why: read only, nothing is claimed or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.stock.promises.reservations import shelves
from subscriptions import commitments
from subscriptions.holding import resting
from subscriptions.plan.schedule import serves_until
from subscriptions.stops.stopping import stopped
from subscriptions.tables import CHARGING, DECLINED, NEEDS_CUSTOMER, OPEN, SCHEDULED, WAITING, Refill

CHARGE, GO_ON, WAIT = "charge", "go on with a charge", "wait"


@dataclass(frozen=True)
class Intention:
    """What would be done with a refill, in a few words, and why, in a sentence."""

    refill: Refill
    would: str
    why: str


def of_due(session: Session, ids: Sequence[int], now: datetime) -> list[Intention]:
    """For refills that are due: each is charged, unless there is no stock for it."""
    rows = session.scalars(select(Refill).where(Refill.id.in_(ids)).order_by(Refill.needed_on, Refill.id))
    return [Intention(row, *_due(session, row, now)) for row in rows]


def of_waiting(session: Session, due: Sequence[int], now: datetime) -> list[Intention]:
    """For the others whose day has come: what each waits for."""
    come = select(Refill).where(Refill.state.in_(OPEN), Refill.charge_on <= today(now), Refill.id.not_in(due))
    rows = session.scalars(come.order_by(Refill.needed_on, Refill.id))
    return [Intention(row, WAIT, _waits_for(session, row, now)) for row in rows]


def _due(session: Session, refill: Refill, now: datetime) -> tuple[str, str]:
    if refill.is_over(today(now)):
        return "drop", "its plan is over"
    if refill.state == CHARGING:
        return GO_ON, "its charge was begun and its outcome is not known yet"
    if refill.order_id is None and not _in_stock(session, refill, now):
        return WAIT, "there is no stock that lasts until its last session"
    if refill.state == DECLINED:
        return CHARGE, "it was declined, and its day to be tried again has come"
    return CHARGE, "its day has come, and its notice was accepted in time"


def _in_stock(session: Session, refill: Refill, now: datetime) -> bool:
    day, plan = today(now), refill.subscription
    demands = commitments.demands_of(refill, serves_until(plan.course_on(day), max(refill.needed_on, day)), now)
    found = shelves(session, (demand.item_id for demand in demands), day, for_refill=True)
    return all(found[each.item_id].times({each.serves_until: each.quantity}, day) for each in demands)


def _waits_for(session: Session, refill: Refill, now: datetime) -> str:
    if session.scalar(select(resting(refill.subscription_id, today(now)))):
        return "its plan is on hold"
    if session.scalar(select(stopped(refill.subscription_id))):
        return "the charges of its plan are stopped"
    if refill.state == SCHEDULED:
        return "its notice is to be accepted by the mail server" if refill.notice_id else "its notice is to be written"
    if refill.must_confirm and refill.confirmed_at is None:
        return "its customer is to say yes first"
    if refill.state == NEEDS_CUSTOMER:
        return "its customer is to pay in person"
    if refill.state == DECLINED:
        return "it was declined, and is tried again later"
    if refill.state == WAITING:
        return "stock was looked for a short while ago"
    return "its notice was accepted less than seven days ago"

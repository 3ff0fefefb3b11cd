"""A person's plans: what runs on, what they download of it, and what goes when they are erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from kits import host
from kits.dates import iso
from kits.errors import Busy
from shop.customers.personal.contract import ErasurePart, Running
from shop.customers.tables import Customer
from shop.orders.repeat import ADDRESS
from shop.orders.tables import Order
from subscriptions import commands
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.recall.tables import TOLD, RecalledBox
from subscriptions.repairs.tables import Repair
from subscriptions.tables import ACTIVE, NOTIFIED, SCHEDULED, DeliveryAddress, Refill, Subscription

CHANGED = ("from_session", "sessions", "every_weeks", "agreed_on")
STILL_RUNS = "A plan of yours was paid for just now. Try again in some minutes."


def runs(session: Session, customer: Customer, now: datetime) -> list[Running]:
    """The customer's running plans, the newest first; two statements however many there are."""
    mine = select(Subscription).where(Subscription.customer_id == customer.id, Subscription.state == ACTIVE)
    whole = (joinedload(Subscription.kit), joinedload(Subscription.order), selectinload(Subscription.refills))
    plans = session.scalars(mine.options(*whole).order_by(Subscription.id.desc()))
    return [Running(plan.kit.name, plan.order, plan.card_brand, plan.card_last4, _next_charge(plan)) for plan in plans]


def exported(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Plans with their refills and the stretches they were held; why a plan was held is kept nowhere."""
    mine = select(Subscription).where(Subscription.customer_id == customer.id).order_by(Subscription.id)
    refills = selectinload(Subscription.refills).joinedload(Refill.order)
    whole = (joinedload(Subscription.kit), joinedload(Subscription.order), refills)
    plans = session.scalars(mine.options(*whole)).all()
    asked = session.scalars(
        select(PlanAcknowledgement)
        .where(PlanAcknowledgement.subscription_id.in_([plan.id for plan in plans]))
        .order_by(PlanAcknowledgement.id)
    ).all()
    ids = [plan.id for plan in plans]
    moved = session.scalars(select(DeliveryAddress).where(DeliveryAddress.subscription_id.in_(ids))).all()
    return [
        {
            **_plan(plan),
            "refills_go_to": next((_address(it) for it in moved if it.subscription_id == plan.id), None),
            "notices": [_asked(it) for it in asked if it.subscription_id == plan.id],
        }
        for plan in plans
    ]


def exported_recalls(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Recalls that the customer was told of."""
    mine = select(RecalledBox).join(Order, Order.id == RecalledBox.order_id).where(Order.customer_id == customer.id)
    whole = (joinedload(RecalledBox.order), joinedload(RecalledBox.replacement), joinedload(RecalledBox.recall))
    boxes = session.scalars(mine.where(RecalledBox.state == TOLD).options(*whole).order_by(RecalledBox.id))
    return [
        {
            "order": box.order.number,
            "lot": box.recall.lot.code,
            "units": box.units,
            "message": box.recall.message,
            "replacement_order": box.replacement.number if box.replacement else None,
            "replacement_wanted_since": iso(box.waited_at),
        }
        for box in boxes
    ]


def _plan(plan: Subscription) -> dict[str, Any]:
    return {
        "kit": plan.kit.name,
        "order": plan.order.number,
        "state": plan.state,
        "law": plan.law,
        "sessions": plan.sessions,
        "every_weeks": plan.every_weeks,
        "start": iso(plan.start),
        "last_session": iso(plan.last_session),
        "quantity": plan.quantity,
        "refill_price": {"amount": plan.refill_price.amount, "currency": plan.currency},
        "card": {"brand": plan.card_brand, "last4": plan.card_last4},
        "made_at": iso(plan.made_at),
        "ended_at": iso(plan.ended_at),
        "refills": [_refill(refill) for refill in plan.refills],
        "sessions_logged": [{"session": said.number, "done_on": iso(said.done_on)} for said in plan.log],
        "changes": [dict(zip(CHANGED, each, strict=True)) for each in plan.changed or ()],
        "holds": [{"from": iso(hold.from_day), "until": iso(hold.until_day)} for hold in plan.holds],
    }


def _address(it: DeliveryAddress) -> dict[str, Any]:
    return {**{field: getattr(it, field) for field in ADDRESS}, "since": iso(it.changed_at)}


def _asked(it: PlanAcknowledgement) -> dict[str, Any]:
    return {"version": it.version, "asked_at": iso(it.asked_at), "acknowledged_at": iso(it.accepted_at)}


def _refill(refill: Refill) -> dict[str, Any]:
    days = ("needed_on", "notice_on", "charge_on", "serves_until", "retry_on", "paid_on")
    return {
        "number": refill.number,
        "state": refill.state,
        **{name: iso(getattr(refill, name)) for name in days},
        "announced_amount": refill.notice_amount,
        "moved_days": refill.moved_days,
        "left_out_at": iso(refill.skipped_at),
        "confirmed_at": iso(refill.confirmed_at),
        "order": refill.order.number if refill.order else None,
    }


def _next_charge(plan: Subscription) -> date | None:
    return min((refill.charge_on for refill in plan.refills if refill.state in (SCHEDULED, NOTIFIED)), default=None)


def _end_plans(customer_id: int, now: datetime) -> None:
    """End every running plan; what is ordered and unpaid is closed at the gateway."""
    mine = select(Subscription.id).where(Subscription.customer_id == customer_id)
    plans = host.session().scalars(mine.order_by(Subscription.id)).all()
    host.end_reads()
    for plan_id in plans:
        commands.end_and_close(plan_id, actor=f"customer:{customer_id}", now=now)


def _drop_wishes(customer_id: int) -> None:
    """No replacement is waited for any more: there will be no address to send it to."""
    theirs = select(Order.id).where(Order.customer_id == customer_id)
    wanted = update(RecalledBox).where(RecalledBox.order_id.in_(theirs), RecalledBox.waited_at.is_not(None))
    with host.unit() as session:
        session.execute(wanted.values(waited_at=None).execution_options(synchronize_session=False))


def _finish(customer_id: int, now: datetime) -> None:
    _end_plans(customer_id, now)
    _drop_wishes(customer_id)


def _forget(session: Session, customer_id: int, now: datetime) -> None:
    """Plans keep no card and no link. One that was paid for meanwhile still runs: then nobody is erased."""
    plans = Subscription.customer_id == customer_id
    running = select(Subscription.id).where(plans, Subscription.state == ACTIVE)
    if session.scalar(running.limit(1)) is not None:
        raise Busy(STILL_RUNS)
    no_card = {"card": None, "card_brand": None, "card_last4": None, "backup_card": None}
    session.execute(update(Subscription).where(plans).values(no_card))
    ids = select(Subscription.id).where(plans)
    session.execute(delete(DeliveryAddress).where(DeliveryAddress.subscription_id.in_(ids)))
    theirs = update(Refill).where(Refill.subscription_id.in_(ids)).values(backup_tried=None)
    session.execute(theirs.execution_options(synchronize_session=False))
    refills = select(Refill.id).where(Refill.subscription_id.in_(ids))
    # What staff wrote of a repair may name them.
    repairs = update(Repair).where(Repair.refill_id.in_(refills)).values(reason="")
    session.execute(repairs.execution_options(synchronize_session=False))
    asked = select(PlanAcknowledgement).join(PlanAcknowledgement.subscription).where(plans)
    for it in session.scalars(asked):
        it.token_sha256 = f"erased-{it.id}"  # no link in a mail leads to it any more
    session.flush()


ERASURE = ErasurePart(finish=_finish, erase=_forget)

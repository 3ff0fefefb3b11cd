"""Replacing a recalled box: a free order, once a box. Where none is left the wish is kept until stock arrives.

When the replacement leaves, or staff say so, the plan that the recall holds goes on.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from kits import audit, host
from kits.catalogue.retiring import in_force
from kits.clock import today
from kits.errors import SoldOut, WrongState
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot
from shop.customers.people import is_alive
from shop.orders.replacement import place_replacement
from shop.orders.tables import OrderLine
from shop.registers import Settled
from shop.work.duties import Duty
from subscriptions import holding
from subscriptions.locks import lock_plan
from subscriptions.recall import letters
from subscriptions.recall.boxes import PACKED_WITHIN, BoxPlan
from subscriptions.recall.tables import TOLD, RecalledBox
from subscriptions.recall.telling import box_plans
from subscriptions.tables import ACTIVE, Subscription

LOOK_AGAIN = timedelta(hours=1)


def replace_box(box_id: int, *, actor: str, now: datetime) -> bool:
    """Order the replacement of a box, or keep the wish while none is left: then False. Commits; acts once a box.

    Raises WrongState when no session is planned with the box any more, or what it was sent for was given back.
    """
    try:
        with host.unit() as session:
            _place(session, box_id, actor, now)
    except SoldOut:
        with host.unit() as session:
            _write(session, box_id, waited_at=now)
        return False
    return True


def end_hold(box_id: int, *, actor: str, now: datetime) -> bool:
    """Let the plans of a box go on from today, and tell their customer the dates; False when none was held. Commits."""
    with host.unit() as session:
        return _go_on(session, session.get_one(RecalledBox, box_id), actor, now)


def settle_step(session: Session, settled: Settled) -> None:
    """A replacement has left: what its recall holds goes on from that day. Its plans are locked before the stock is."""
    if settled.order.kind != "replacement" or settled.what not in ("leaving", "shipped"):
        return
    box = session.scalars(select(RecalledBox).where(RecalledBox.replacement_id == settled.order.id)).first()
    if box is not None and settled.what == "leaving":
        lock_plans(session, box, settled.now)
    elif box is not None:
        _go_on(session, box, "settle", settled.now)


def lock_plans(session: Session, box: RecalledBox, now: datetime) -> None:
    """Take the row locks of the plans that a box was sent for. Before any lock on stock."""
    for plan_id in sorted(_plan_ids(session, box, now)):
        lock_plan(session, plan_id)


def _place(session: Session, box_id: int, actor: str, now: datetime) -> None:
    # Written to, so that it is locked: the button may be pressed twice, and the duty may be at it.
    if not _write(session, box_id, state=TOLD):
        return
    box = session.get_one(RecalledBox, box_id, populate_existing=True)
    if not is_alive(session, box.order.customer_id):
        raise WrongState("We have no address any more to send a replacement to. Reply to the mail about the recall.")
    waited = box.waited_at is not None
    longest = _longest(session, box, today(now))
    line = session.get_one(OrderLine, longest.line_id)
    until = longest.until + (PACKED_WITHIN if longest.held else timedelta())
    # All of the lot that was sent, also what came back since: sending it back is what a recall is for.
    item = in_force(box.recall.lot.item)
    order = place_replacement(session, line, item, box.units, serves_until=until, now=now)
    box.replacement, box.waited_at = order, None
    audit.record(
        session, at=now, actor=actor, action="recall.replaced", subject=box.order.number, replacement=order.number
    )
    if waited:
        letters.replaced(session, box, now)


def _longest(session: Session, box: RecalledBox, day: date) -> BoxPlan:
    mine = select(OrderLine.id).where(OrderLine.order_id == box.order_id, OrderLine.given_back_at.is_(None))
    kept = set(session.scalars(mine))
    serving = [plan for plan in box_plans(session, box, day) if plan.serves(day) and plan.line_id in kept]
    if not serving:
        raise WrongState("No session is planned with this box any more, so there is nothing to replace.")
    return max(serving, key=lambda plan: plan.until)


def _go_on(session: Session, box: RecalledBox, actor: str, now: datetime) -> bool:
    ended = holding.end_holds(session, box.recall_id, _plan_ids(session, box, now), actor=actor, now=now)
    plans = [session.get_one(Subscription, each) for each in ended]
    going_on = [plan for plan in plans if plan.state == ACTIVE and not plan.rests]
    if going_on:
        letters.goes_on(session, box, going_on, now)
    return bool(ended)


def _plan_ids(session: Session, box: RecalledBox, now: datetime) -> list[int]:
    return [plan.subscription_id for plan in box_plans(session, box, today(now)) if plan.subscription_id is not None]


def _write(session: Session, box_id: int, **values: object) -> bool:
    """Change a box whose customer was told and which was not replaced, taking its row lock; False when it is not so."""
    mine = update(RecalledBox).where(
        RecalledBox.id == box_id, RecalledBox.state == TOLD, RecalledBox.replacement_id.is_(None)
    )
    return bool(session.execute(mine.values(**values)).rowcount)  # type: ignore[attr-defined]


def _wanted_due(now: datetime) -> ColumnElement[bool]:
    """Boxes whose replacement is waited for: looked for again after an hour, and when a lot of the item came in."""
    recalled, new = aliased(Lot), aliased(Lot)
    arrived = exists().where(
        Recall.id == RecalledBox.recall_id, recalled.id == Recall.lot_id,
        new.item_id == recalled.item_id, new.received_at > RecalledBox.waited_at,
    )  # fmt: skip
    again = or_(RecalledBox.waited_at <= now - LOOK_AGAIN, arrived)
    return and_(RecalledBox.waited_at.is_not(None), RecalledBox.replacement_id.is_(None), again)


def _look_again(box_id: int, now: datetime) -> None:
    try:
        replace_box(box_id, actor="duty:replacement", now=now)
    except WrongState:  # the plan is over by now: nothing is waited for any more
        with host.unit() as session:
            _write(session, box_id, waited_at=None)


REPLACEMENT_DUTY = Duty("replacement", RecalledBox, _wanted_due, _look_again)

"""Asking a running plan's customer to read a newer notice, with the next advance notice, and keeping that they did.

Nothing waits for the answer: a refill is charged without one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.notice import find_in_force
from kits.catalogue.tables import ContraindicationNotice
from kits.clock import today
from kits.errors import NotFound
from kits.host import unit
from shop.links import external
from shop.orders.tables import Acknowledgement, Order
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.tables import ACTIVE, Subscription


@dataclass(frozen=True)
class Asked:
    """What an advance notice says of a newer notice: the text, and where to confirm it; `again` for a reminder."""

    notice: ContraindicationNotice
    url: str
    again: bool


def ask(session: Session, subscription: Subscription, now: datetime) -> Asked | None:
    """The notice in force, when the plan's customer has not acknowledged it; None otherwise. Flushes.

    The first mail that asks brings a link of its own; a later one leads to
    the same page through the order.
    """
    notice = find_in_force(session, subscription.kit_id, today(now))
    if notice is None or _with_the_order(session, subscription, notice):
        return None
    known = session.scalars(
        select(PlanAcknowledgement).where(
            PlanAcknowledgement.subscription_id == subscription.id, PlanAcknowledgement.notice_id == notice.id
        )
    ).first()
    if known is None:
        return Asked(notice, _first_link(session, subscription, notice, now), again=False)
    return None if known.accepted_at else Asked(notice, link(subscription), again=True)


def accept(acknowledgement_id: int, *, actor: str, now: datetime) -> None:
    """Keep that the customer has read the notice. Commits. Twice changes nothing, nor does a plan that has ended."""
    with unit() as session:
        mine = update(PlanAcknowledgement).where(
            PlanAcknowledgement.id == acknowledgement_id,
            PlanAcknowledgement.accepted_at.is_(None),
            exists().where(Subscription.id == PlanAcknowledgement.subscription_id, Subscription.state == ACTIVE),
        )
        done = session.execute(mine.values(accepted_at=now).execution_options(synchronize_session=False))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            return
        row = session.get_one(PlanAcknowledgement, acknowledgement_id)
        subject = f"subscription {row.subscription_id}"
        audit.record(session, at=now, actor=actor, action="notice.acknowledged", subject=subject, version=row.version)


def by_token(session: Session, token: str) -> PlanAcknowledgement:
    """What the link in a mail asks; raises NotFound."""
    return _one(session, PlanAcknowledgement.token_sha256 == _digest(token))


def of_plan(session: Session, order_token: str, subscription_id: int) -> PlanAcknowledgement:
    """What a plan was asked last, if its order's link may see it; raises NotFound."""
    order = exists().where(
        Subscription.id == PlanAcknowledgement.subscription_id,
        Order.id == Subscription.order_id,
        Order.token == order_token,
    )
    return _one(session, PlanAcknowledgement.subscription_id == subscription_id, order)


def open_for(session: Session, plans: Iterable[Subscription]) -> dict[int, PlanAcknowledgement]:
    """What running plans were asked last and have not answered, by the plan's id; one statement."""
    ids = [plan.id for plan in plans if plan.state == ACTIVE]
    if not ids:
        return {}
    rows = select(PlanAcknowledgement).where(PlanAcknowledgement.subscription_id.in_(ids))
    last = {row.subscription_id: row for row in session.scalars(rows.order_by(PlanAcknowledgement.id))}
    return {plan_id: row for plan_id, row in last.items() if row.accepted_at is None}


def link(subscription: Subscription) -> str:
    """The page on which the plan's customer confirms what they were asked last."""
    return external("refillery_acknowledging.of_plan", token=subscription.order.token, subscription_id=subscription.id)


def _with_the_order(session: Session, subscription: Subscription, notice: ContraindicationNotice) -> bool:
    mine = Acknowledgement.order_id == subscription.order_id
    return session.scalar(select(Acknowledgement.id).where(mine, Acknowledgement.notice_id == notice.id)) is not None


def _first_link(session: Session, subscription: Subscription, notice: ContraindicationNotice, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        PlanAcknowledgement(
            subscription_id=subscription.id,
            notice_id=notice.id,
            version=notice.version,
            sha256=notice.sha256,
            asked_at=now,
            token_sha256=_digest(token),
        )
    )
    session.flush()
    return external("refillery_acknowledging.by_mail", token=token)


def _one(session: Session, *conditions: object) -> PlanAcknowledgement:
    rows = select(PlanAcknowledgement).where(*conditions)  # type: ignore[arg-type]
    found = session.scalars(rows.order_by(PlanAcknowledgement.id.desc()).limit(1)).first()
    if found is None:
        raise NotFound("There is nothing to confirm here. Check the link in your mail.")
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

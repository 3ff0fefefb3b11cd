"""Asking a running plan's customer to read a newer notice, with the next advance notice.

The refill that it announces is charged once they have confirmed it; without an answer the plan rests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.catalogue.notice import find_in_force
from kits.catalogue.tables import ContraindicationNotice
from kits.clock import today
from kits.errors import NotFound
from shop.links import external
from shop.orders.tables import Acknowledgement
from subscriptions.acknowledging import confirming
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.links import plan_url
from subscriptions.tables import ACTIVE, Subscription

NOTHING = "There is nothing to confirm here. Check the link in your mail."


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
        _, token = confirming.add(session, subscription, notice, asked_at=now)
        return Asked(notice, external("refillery_acknowledging.by_mail", token=token), again=False)
    return None if known.accepted_at else Asked(notice, link(subscription), again=True)


def by_token(session: Session, token: str) -> Subscription:
    """The plan that the link in a mail asks about; raises NotFound."""
    rows = select(PlanAcknowledgement).where(PlanAcknowledgement.token_sha256 == confirming.digest(token))
    found = session.scalars(rows).first()
    if found is None:
        raise NotFound(NOTHING)
    return found.subscription


def open_for(session: Session, plans: Iterable[Subscription]) -> dict[int, PlanAcknowledgement]:
    """What running plans were asked last and have not answered, by the plan's id; one statement."""
    ids = [plan.id for plan in plans if plan.state == ACTIVE]
    if not ids:
        return {}
    rows = select(PlanAcknowledgement).where(PlanAcknowledgement.subscription_id.in_(ids))
    last = {row.subscription_id: row for row in session.scalars(rows.order_by(PlanAcknowledgement.id))}
    return {plan_id: row for plan_id, row in last.items() if row.accepted_at is None}


def link(subscription: Subscription) -> str:
    """The page on which the plan's customer confirms the notice in force."""
    return plan_url("refillery_acknowledging.of_plan", subscription)


def _with_the_order(session: Session, subscription: Subscription, notice: ContraindicationNotice) -> bool:
    mine = Acknowledgement.order_id == subscription.order_id
    return session.scalar(select(Acknowledgement.id).where(mine, Acknowledgement.notice_id == notice.id)) is not None

"""How far running plans have come with the notice: what the admin counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select, union
from sqlalchemy.orm import Session, aliased

from kits.catalogue.tables import ContraindicationNotice
from kits.clock import today
from shop.orders.tables import Acknowledgement
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.tables import ACTIVE, SCHEDULED, Refill, Subscription

LONG = timedelta(days=14)


def plans_by_notice(session: Session) -> dict[int, int]:
    """How many running plans acknowledged each version, with their order or since, by the notice's id; a statement."""
    with_order = (
        select(Acknowledgement.notice_id, Subscription.id.label("plan"))
        .join(Subscription, Subscription.order_id == Acknowledgement.order_id)
        .join(ContraindicationNotice, ContraindicationNotice.id == Acknowledgement.notice_id)
        .where(Subscription.state == ACTIVE, ContraindicationNotice.kit_id == Subscription.kit_id)
    )
    since = (
        select(PlanAcknowledgement.notice_id, Subscription.id)
        .join(Subscription, Subscription.id == PlanAcknowledgement.subscription_id)
        .where(Subscription.state == ACTIVE, PlanAcknowledgement.accepted_at.is_not(None))
    )
    each = union(with_order, since).subquery()  # a plan may have confirmed once more what came with its order
    counts = session.execute(select(each.c.notice_id, func.count()).group_by(each.c.notice_id))
    return {row[0]: row[1] for row in counts}


def plans_to_ask(session: Session, kit_id: int, day: date, now: datetime) -> int:
    """How many of a kit's running plans still have an advance notice to come from `day` on."""
    to_come = [Refill.state == SCHEDULED, Refill.notice_id.is_(None)]
    if day > today(now):  # until today what is late counts, too: it is written next
        to_come.append(Refill.notice_on >= day)
    refills = exists().where(Refill.subscription_id == Subscription.id, *to_come)
    plans = select(func.count()).select_from(Subscription)
    return session.scalar(plans.where(Subscription.state == ACTIVE, Subscription.kit_id == kit_id, refills)) or 0


def long_unanswered(session: Session, now: datetime) -> int:
    """How many running plans were asked more than 14 days ago to read the notice, and have not confirmed it."""
    later = aliased(PlanAcknowledgement)
    asked_anew = exists().where(
        later.subscription_id == PlanAcknowledgement.subscription_id, later.id > PlanAcknowledgement.id
    )
    running = exists().where(Subscription.id == PlanAcknowledgement.subscription_id, Subscription.state == ACTIVE)
    rows = select(func.count()).select_from(PlanAcknowledgement)
    unanswered = (PlanAcknowledgement.accepted_at.is_(None), PlanAcknowledgement.asked_at < now - LONG)
    return session.scalar(rows.where(*unanswered, running, ~asked_anew)) or 0

"""A customer's yes to the notice in force: kept as a fresh acknowledgement. It lets a held plan go on, and a refill
that was announced be charged.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit, host
from kits.catalogue.notice import notice_in_force
from kits.catalogue.tables import ContraindicationNotice
from kits.clock import today
from kits.errors import WrongState
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.controls import pauses
from subscriptions.controls.doing import taken
from subscriptions.locks import lock_refills
from subscriptions.tables import ACTIVE, TO_COME, Refill, Subscription

CHANGED = "The notice has changed since you opened this page. Please read this version."


@dataclass(frozen=True)
class Asking:
    """What a plan's customer is asked: to read `notice`, so that the plan goes on (`held`), that `refills` are charged,
    or because it is newer than what they know (`unread`). `kept`: that they confirmed this version before.
    """

    notice: ContraindicationNotice
    held: bool
    refills: tuple[Refill, ...]
    unread: bool
    kept: PlanAcknowledgement | None

    @property
    def wanted(self) -> bool:
        """True while there is something to say yes to."""
        return self.held or bool(self.refills) or self.unread


def asking(session: Session, plan: Subscription, now: datetime) -> Asking:
    """What a plan's customer is asked just now; of a plan that has ended nothing."""
    notice, runs = notice_in_force(session, plan.kit_id, today(now)), plan.state == ACTIVE
    rows = select(PlanAcknowledgement).where(PlanAcknowledgement.subscription_id == plan.id)
    known = session.scalars(rows.order_by(PlanAcknowledgement.id)).all()
    return Asking(
        notice=notice,
        held=runs and pauses.held_by_customer(plan),
        refills=tuple(refill for refill in plan.refills if runs and wants_a_yes(refill)),
        unread=runs and bool(known) and known[-1].accepted_at is None,
        kept=next((row for row in known if row.notice_id == notice.id and row.accepted_at), None),
    )


def wants_a_yes(refill: Refill) -> bool:
    """True when a refill was announced, and is charged only once its customer says yes."""
    announced = refill.state in TO_COME and refill.notice_id is not None
    return announced and refill.must_confirm and refill.confirmed_at is None


def confirm(subscription_id: int, version: str, *, actor: str, now: datetime) -> None:
    """Keep that the customer has read the notice in force, and let go on what waited for it. Commits.

    Twice changes nothing. Raises WrongState when the refills have ended, or
    the notice in force is not `version`, which they were shown.
    """
    host.outside_transaction()
    with host.unit() as session:
        plan, _ = taken(session, subscription_id)
        asks = asking(session, plan, now)
        if not asks.wanted:
            return
        if asks.notice.version != version:
            raise WrongState(CHANGED)
        _keep(session, plan, asks.notice, actor, now)
        pauses.go_on(session, plan, actor=actor, now=now)
        _say_yes(lock_refills(session, plan.id), now)


def _keep(session: Session, plan: Subscription, notice: ContraindicationNotice, actor: str, now: datetime) -> None:
    """One row a plan and version, with the last time; each time is in the audit log."""
    mine = PlanAcknowledgement.subscription_id == plan.id, PlanAcknowledgement.notice_id == notice.id
    row = session.scalars(select(PlanAcknowledgement).where(*mine)).first()
    row = row or add(session, plan, notice, asked_at=now)[0]
    row.accepted_at = now
    subject = f"subscription {plan.id}"
    audit.record(session, at=now, actor=actor, action="notice.acknowledged", subject=subject, version=notice.version)


def add(
    session: Session, plan: Subscription, notice: ContraindicationNotice, *, asked_at: datetime
) -> tuple[PlanAcknowledgement, str]:
    """Write down that a plan is asked to read a version; with it the token of the link that its mail may bring."""
    token = secrets.token_urlsafe(32)
    about = {"version": notice.version, "sha256": notice.sha256, "asked_at": asked_at}
    row = PlanAcknowledgement(subscription_id=plan.id, notice_id=notice.id, token_sha256=digest(token), **about)
    session.add(row)
    session.flush()
    return row, token


def digest(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _say_yes(refills: Sequence[Refill], now: datetime) -> None:
    for refill in refills:
        if wants_a_yes(refill):
            refill.confirmed_at = now

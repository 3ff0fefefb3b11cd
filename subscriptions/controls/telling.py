"""What a customer is told when their plan was changed, or is held. Each mail is written in the change's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kits.clock import today
from shop.links import order_url
from shop.work.letters import letter
from shop.work.outbox import Letter, post
from subscriptions.controls.outlook import facts, outlook
from subscriptions.replanning import Replanned
from subscriptions.tables import Refill, Subscription


def changed(session: Session, plan: Subscription, done: Replanned, said: str, now: datetime) -> None:
    """The plan is otherwise than before: `said` is the sentence that says how."""
    session.refresh(plan, ["refills"])
    mail = changed_letter(plan, said, done.dropped, done.added, now)
    post(session, f"plan-changed-{plan.id}-{now.isoformat()}", plan.customer.email, mail, now=now)


def changed_letter(
    plan: Subscription, said: str, dropped: tuple[Refill, ...], added: tuple[Refill, ...], now: datetime
) -> Letter:
    """What the customer reads of a change: what was done, and what is to come and costs now."""
    about = {"outlook": outlook(facts(plan, today(now))), "said": said, "dropped": dropped, "added": added}
    subject = "A refill is no longer needed" if dropped else "Your plan has changed"
    return letter(subject, "subscriptions/mails/plan_changed", subscription=plan, url=_url(plan), **about)


def held(session: Session, plan: Subscription, now: datetime) -> None:
    """The plan is on hold until its customer says otherwise."""
    post(session, f"plan-held-{plan.id}-{now.isoformat()}", plan.customer.email, held_letter(plan), now=now)


def held_letter(plan: Subscription) -> Letter:
    """What the customer reads when sessions, refills and charges have stopped."""
    return letter("Your plan is on hold", "subscriptions/mails/plan_held", subscription=plan, url=_url(plan))


def _url(plan: Subscription) -> str:
    return order_url(plan.order.token)

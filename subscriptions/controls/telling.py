"""What a customer is told when their plan was changed, or is held. Each mail is written in the change's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kits.clock import today
from shop.links import order_url
from shop.work.letters import letter
from shop.work.outbox import Letter, post
from subscriptions.controls.outlook import facts, outlook
from subscriptions.links import plan_url
from subscriptions.replanning import Replanned
from subscriptions.tables import Refill, Subscription


def changed(session: Session, plan: Subscription, done: Replanned, said: str, now: datetime) -> None:
    """The plan is otherwise than before: `said` is the sentence that says how."""
    session.refresh(plan, ["refills"])
    mail = changed_letter(plan, said, done.dropped, done.added, now)
    post(session, f"plan-changed-{plan.id}-{now.isoformat()}", plan.customer.email, mail, now=now)


def dropped(session: Session, plan: Subscription, refills: Sequence[Refill], now: datetime) -> None:
    """Refills are no longer needed although their customer changed nothing: a box came late, or too late."""
    if refills:
        session.refresh(plan, ["refills"])
        one = len(refills) == 1
        said = f"{'A refill' if one else 'Some refills'} of your plan {'is' if one else 'are'} no longer needed."
        key = f"plan-dropped-{'-'.join(str(refill.id) for refill in refills)}-{now.isoformat()}"
        post(session, key, plan.customer.email, changed_letter(plan, said, refills, (), now), now=now)


def changed_letter(
    plan: Subscription, said: str, dropped: Sequence[Refill], added: Sequence[Refill], now: datetime
) -> Letter:
    """What the customer reads of a change: what was done, and what is to come and costs now."""
    about = {"outlook": outlook(facts(plan, today(now))), "said": said, "dropped": dropped, "added": added}
    subject = "A refill is no longer needed" if dropped else "Your plan has changed"
    links = {"url": _url(plan), "sessions_url": plan_url("refillery_controls.sessions", plan)}
    return letter(subject, "subscriptions/mails/plan_changed", subscription=plan, **links, **about)


def held(session: Session, plan: Subscription, now: datetime) -> None:
    """The plan is on hold until its customer says otherwise."""
    post(session, f"plan-held-{plan.id}-{now.isoformat()}", plan.customer.email, held_letter(plan), now=now)


def held_letter(plan: Subscription) -> Letter:
    """What the customer reads when sessions, refills and charges have stopped."""
    return letter("Your plan is on hold", "subscriptions/mails/plan_held", subscription=plan, **_ways(plan))


def held_for_want_of_a_yes(session: Session, plan: Subscription, now: datetime) -> None:
    """A charge's day has come, and nobody said yes to it: the plan is on hold."""
    mail = unanswered_letter(plan)
    post(session, f"plan-unanswered-{plan.id}-{now.isoformat()}", plan.customer.email, mail, now=now)


def unanswered_letter(plan: Subscription) -> Letter:
    """What the customer reads when their plan rests because they have not confirmed the notice."""
    return letter(
        "Your plan waits for your yes", "subscriptions/mails/plan_unanswered", subscription=plan, **_ways(plan)
    )


def _ways(plan: Subscription) -> dict[str, str]:
    """Where a customer lets their plan go on, and where they end it."""
    return {
        "go_on_url": plan_url("refillery_acknowledging.of_plan", plan),
        "end_url": plan_url("refillery_refills.ask", plan),
    }


def _url(plan: Subscription) -> str:
    return order_url(plan.order.token)

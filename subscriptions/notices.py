"""What the customer is told of refills: every mail is written in the transaction that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.catalogue.notice import notice_in_force
from kits.clock import today
from kits.errors import WrongState
from kits.money import Money
from kits.settings import setting
from shop.links import external, order_url
from shop.payments.tables import Payment, PaymentAttempt
from shop.work.letters import letter
from shop.work.outbox import Letter, OutboxMail, post
from subscriptions import successors
from subscriptions.acknowledging import asking
from subscriptions.cards.letters import card_url
from subscriptions.controls.again import again_url, ran_out
from subscriptions.law import facts, reminders
from subscriptions.law.regimes import regime
from subscriptions.links import plan_url
from subscriptions.paying import links
from subscriptions.plan.schedule import RefillDays
from subscriptions.replanning import charge_day
from subscriptions.summing import since
from subscriptions.summing.whole import Summary, summed_up
from subscriptions.tables import CHARGING, DECLINED, NOTIFIED, OPEN, SCHEDULED, WAITING, Refill, Subscription

ANNOUNCED, PAID_FOR = "Your next serum refill", "Your refill is paid and will be sent"
DECLINED_ONCE, PLEASE_PAY = "Your card was declined", "Please confirm the payment for your refill"


def advance_notice(session: Session, refill: Refill, now: datetime) -> None:
    """Write the advance notice and set what it names: the amount, and the day it expects to charge."""
    subscription = refill.subscription
    # Announced anew, e.g. at another price: a mail of its own, so that the one before is not taken for it.
    again = now.isoformat() if refill.announced else ""
    before = since.told(refill)
    refill.notice_unit, refill.notice_amount = subscription.refill_amount, subscription.refill_price.amount
    earliest = RefillDays(refill.number, refill.needed_on).charge_on(today(now))
    refill.charge_on = refill.told_on = charge_day(subscription.course_on(today(now)), earliest, refill.told_on)
    changed = successors.changes(session, refill, now)
    refill.announced = [[each, sent.id] for each, sent in successors.in_a_box(refill, now).items()]
    asked = asking.ask(session, subscription, now)
    refill.must_confirm, refill.confirmed_at = bool(setting("CONFIRM_CHARGES")) or asked is not None, None
    notice = notice_in_force(session, subscription.kit_id, today(now))
    more: dict[str, Any] = {"changed": changed, "asked": asked, "price_before": price_before(refill), "notice": notice}
    more["since"] = since.since(refill, before)
    mail = _post(session, refill, "advance_notice", ANNOUNCED, now, cause=again, **more, **_card(subscription))
    refill.notice_id = mail.id
    reminders.remind(session, refill, now)


def _card(subscription: Subscription) -> dict[str, Any]:
    """A notice to a plan without a card asks for one."""
    return {"card_missing": subscription.card is None, "card_url": card_url(subscription)}


def price_before(refill: Refill) -> Money | None:
    """What the refill before cost, or was agreed to, when the notice of this one names another price for a box."""
    plan = refill.subscription
    named = [each.notice_unit for each in plan.refills if each.number < refill.number and each.notice_unit]
    before = named[-1] if named else plan.line.refill_amount
    return None if before == refill.notice_unit else Money(before, plan.currency) * plan.quantity


def paid(session: Session, refill: Refill, payment: Payment, now: datetime) -> None:
    """The refill was charged and will be sent."""
    _post(session, refill, "refill_paid", PAID_FOR, now, payment=payment)


def waits_for_stock(session: Session, refill: Refill, now: datetime) -> None:
    """Tell the customer, and the owner if one is set, that the box is missing. Nothing was charged."""
    customer, owner = refill.subscription.customer.email, setting("OWNER_EMAIL")
    post(session, f"refill_waits-{refill.id}", customer, waits_letter(refill), now=now)
    if owner:
        post(session, f"owner_refill_waits-{refill.id}", owner, owner_waits_letter(refill), now=now)


def waits_letter(refill: Refill) -> Letter:
    """What the customer reads while the box is missing."""
    return written(refill, "refill_waits", "Your refill is delayed")


def owner_waits_letter(refill: Refill) -> Letter:
    """What the owner reads of it."""
    receive = external("refillery_admin.receive")
    return written(refill, "owner_refill_waits", "A refill waits for stock", receive_url=receive)


def declined(session: Session, refill: Refill, attempt: PaymentAttempt, now: datetime) -> None:
    """The card was declined; it will be tried again on `refill.retry_on`."""
    more: dict[str, Any] = {"attempt": attempt, **_ways_out(session, refill, now)}
    _post(session, refill, "refill_declined", DECLINED_ONCE, now, cause=f"{attempt.id}", **more)


def asks_customer(session: Session, refill: Refill, attempt: PaymentAttempt, now: datetime) -> None:
    """Only the customer can go on: a link to the page where the refill is paid in person."""
    more: dict[str, Any] = {"attempt": attempt, **_ways_out(session, refill, now)}
    _post(session, refill, "refill_needs_you", PLEASE_PAY, now, cause=f"{attempt.id}", **more)


def _ways_out(session: Session, refill: Refill, now: datetime) -> dict[str, Any]:
    """The link that pays in person, once, and the page on which the card is replaced."""
    assert refill.order_id is not None, "what was declined was ordered"
    return {"pay_url": links.make(session, refill.order_id, now), "card_url": card_url(refill.subscription)}


def ended(session: Session, subscription: Subscription, now: datetime) -> None:
    """The plan is over, or the customer ended the refills: nothing is charged any more."""
    post(
        session,
        f"ended-{subscription.id}",
        subscription.customer.email,
        ended_letter(subscription, summed_up(session, subscription, now)),
        now=now,
    )


def ended_letter(subscription: Subscription, summary: Summary) -> Letter:
    """What the customer reads when the refills have ended."""
    said = facts.on_ending(regime(subscription.law or ""))
    about = {"subscription": subscription, "money_back": said, "url": order_url(subscription.order.token)}
    more = {"again_url": again_url(subscription), "ran_out": ran_out(subscription), "summary": summary}
    return letter("Your refills have ended", "subscriptions/mails/ended", **about, **more)


def sent_again(session: Session, mail: OutboxMail, now: datetime) -> None:
    """Staff ask for a mail again: of an advance notice the charge waits for its new acceptance.

    Raises WrongState once the charge has begun.
    """
    announced = session.scalars(select(Refill).where(Refill.notice_id == mail.id).with_for_update()).first()
    if announced is None:
        return
    if announced.state in (CHARGING, DECLINED):
        raise WrongState("The charge that this mail announces has begun, so it cannot be announced again.")
    if announced.state in (NOTIFIED, WAITING):
        announced.state = SCHEDULED


def _is_last(refill: Refill) -> bool:
    return not any(each.number > refill.number and each.state in OPEN for each in refill.subscription.refills)


def _post(
    session: Session,
    refill: Refill,
    name: str,
    subject: str,
    now: datetime,
    *,
    cause: str = "",
    **more: object,
) -> OutboxMail:
    mail = written(refill, name, subject, **more)
    key = "-".join(part for part in (name, str(refill.id), cause) if part)
    return post(session, key, refill.subscription.customer.email, mail, now=now)


def written(refill: Refill, name: str, subject: str, **more: object) -> Letter:
    """The mail of this name about a refill; `more` is what only some of them say."""
    subscription = refill.subscription
    about = {
        "refill": refill,
        "subscription": subscription,
        "price": refill.price,
        "is_last": _is_last(refill),
        "url": order_url(subscription.order.token),
        "why_url": _why_url(refill),
        "sessions_url": plan_url("refillery_controls.sessions", subscription),
        "hold_url": plan_url("refillery_holding.hold", subscription),
        "end_url": plan_url("refillery_refills.ask", subscription),
        "change_url": plan_url("refillery_controls.plan", subscription),
        "confirm_url": plan_url("refillery_acknowledging.of_plan", subscription),
        "pay_url": order_url(refill.order.token) if refill.order else "",
        **more,
    }
    return letter(subject, f"subscriptions/mails/{name}", **about)


def _why_url(refill: Refill) -> str:
    return plan_url("refillery_why.customer", refill.subscription, number=refill.number)

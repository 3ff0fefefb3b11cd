"""The mails about refills and recalls, each with what causes it and a sample made of plain values."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from kits.catalogue.tables import ContraindicationNotice
from kits.clock import today
from kits.stock.recall.tables import Recall
from shop.links import order_url
from shop.payments.tables import PaymentAttempt
from shop.registers import CUSTOMER, OWNER, MailTemplate
from shop.sample_mails import values
from shop.work.outbox import Letter
from subscriptions import notices
from subscriptions.controls import telling
from subscriptions.law import reminders
from subscriptions.law.regimes import UK_DMCC
from subscriptions.plan.schedule import RefillDays
from subscriptions.prices import letters as prices
from subscriptions.prices.tables import PlanPrice
from subscriptions.recall import letters
from subscriptions.recall.tables import RecalledBox
from subscriptions.summing.whole import Summary
from subscriptions.tables import ACTIVE, DROPPED, SCHEDULED, Refill, Subscription


def subscription(now: datetime) -> Subscription:
    """A running plan with its refills, all still to come."""
    order = values.order(now)
    line = order.lines[0]
    plan = line.plan
    found = Subscription(
        id=1,
        order=order,
        line=line,
        customer=order.customer,
        kit=line.kit,
        state=ACTIVE,
        sessions=plan.sessions,
        every_weeks=plan.every_weeks,
        start=plan.start,
        last_session=plan.last_session,
        quantity=1,
        refill_amount=line.refill_amount,
        currency=order.currency,
        card_last4="4242",
        holds=[],
        log=[],
    )
    for number, need in enumerate(plan.refill_needs, 1):
        days = RefillDays(number, need)
        found.refills.append(
            Refill(
                number=number,
                state=SCHEDULED,
                needed_on=need,
                notice_on=days.notice_on,
                charge_on=days.charge_on(days.notice_on),
                retry_on=need,
                moved_days=0,
                order=order,
            )
        )
    return found


def of_a_refill(name: str, subject: str, now: datetime, **more: object) -> Letter:
    """The mail of this name about the first refill."""
    return notices.written(subscription(now).refills[0], name, subject, **more)


def advance_notice(now: datetime) -> Letter:
    """The notice before a charge, without a newer text to read."""
    more: dict[str, object] = {"changed": [], "asked": None, "price_before": None, "card_missing": False, "since": []}
    return of_a_refill("advance_notice", "Your next serum refill", now, **more, notice=_notice(now))


def _summary(now: datetime) -> Summary:
    plan = subscription(now)
    return Summary(plan.sessions - 1, 1, len(plan.refills), plan.refill_price * len(plan.refills), None)


def _notice(now: datetime) -> ContraindicationNotice:
    text = "Please do not use this kit if:\n\n- your scalp is sore;\n- you are unsure."
    return ContraindicationNotice(version="1", text=text, effective_from=today(now))


def price_change(now: datetime) -> Letter:
    """A refill will cost more."""
    plan = subscription(now)
    old = plan.refill_amount
    row = PlanPrice(subscription=plan, old_amount=old, new_amount=old + 300, from_day=today(now) + timedelta(days=30))
    return prices.written(row, today(now))


def reminder(now: datetime) -> Letter:
    """The reminder that a law asks for."""
    plan = subscription(now)
    plan.law = UK_DMCC
    return reminders.written(plan.refills[0])


def declined(now: datetime) -> Letter:
    """There was not enough money on the account."""
    attempt = PaymentAttempt(decline_code="insufficient_funds")
    return of_a_refill("refill_declined", "Your card was declined", now, attempt=attempt, **_links())


def _links() -> dict[str, object]:
    return {"pay_url": f"{_url()}/pay", "card_url": f"{_url()}/card"}


def needs_you(now: datetime) -> Letter:
    """The bank wants the customer to confirm."""
    attempt = PaymentAttempt(decline_code="authentication_required")
    return of_a_refill(
        "refill_needs_you", "Please confirm the payment for your refill", now, attempt=attempt, **_links()
    )


def plan_changed(now: datetime) -> Letter:
    """A skipped session made the last refill needless."""
    plan = subscription(now)
    dropped = plan.refills[-1]
    dropped.state = DROPPED
    return telling.changed_letter(plan, "Session 10 is skipped.", (dropped,), (), now)


def recalled(now: datetime) -> Letter:
    """A recall whose box is in use, its plan held."""
    case = {"serves": True, "held": True, "charging": False}
    return letters.preview(values.serum(now), "A seal may not be tight.", 1, _url(), values.NUMBER, **case)


def recall_replaced(now: datetime) -> Letter:
    """The replacement is being packed."""
    return letters.about_box("replaced", "Your replacement is being packed", _box(now))


def recall_goes_on(now: datetime) -> Letter:
    """The plan goes on after a hold."""
    days = [{"next": today(now), "last": today(now) + timedelta(days=120), "refill": today(now) + timedelta(days=30)}]
    return letters.about_box("goes_on", "Your plan goes on: its new dates", _box(now), days=days)


def _box(now: datetime) -> RecalledBox:
    return RecalledBox(recall=Recall(lot=values.serum(now)), order=values.order(now), units=1, shipped_at=now)


def _url() -> str:
    return order_url(values.TOKEN)


OUR_MAILS = (
    MailTemplate(
        "subscriptions/mails/advance_notice",
        "Notice before a charge",
        "A refill is charged in a week or more.",
        CUSTOMER,
        advance_notice,
    ),
    MailTemplate(
        "subscriptions/mails/refill_paid",
        "Refill paid",
        "A refill was charged.",
        CUSTOMER,
        lambda now: of_a_refill(
            "refill_paid", "Your refill is paid and will be sent", now, payment=values.payment(now)
        ),
    ),
    MailTemplate(
        "subscriptions/mails/refill_declined",
        "Card declined",
        "A charge was declined and is tried again.",
        CUSTOMER,
        declined,
    ),
    MailTemplate(
        "subscriptions/mails/refill_needs_you",
        "Please pay in person",
        "Only the customer can bring a charge forward.",
        CUSTOMER,
        needs_you,
    ),
    MailTemplate(
        "subscriptions/mails/refill_waits",
        "Refill delayed",
        "A refill is due and its box is not in stock.",
        CUSTOMER,
        partial(of_a_refill, "refill_waits", "Your refill is delayed"),
    ),
    MailTemplate(
        "subscriptions/mails/owner_refill_waits",
        "A refill waits for stock",
        "The same, to the owner.",
        OWNER,
        partial(of_a_refill, "owner_refill_waits", "A refill waits for stock"),
    ),
    MailTemplate(
        "subscriptions/mails/reminder",
        "Reminder that refills go on",
        "The law of a plan's contract asks for it, before the last charge of each six months.",
        CUSTOMER,
        reminder,
    ),
    MailTemplate(
        "subscriptions/mails/price_change",
        "New refill price",
        "Staff announced another price for the refills of running plans.",
        CUSTOMER,
        price_change,
    ),
    MailTemplate(
        "subscriptions/mails/plan_changed",
        "Plan changed",
        "A customer changed their plan, or what they logged made a refill needless.",
        CUSTOMER,
        plan_changed,
    ),
    MailTemplate(
        "subscriptions/mails/ended",
        "Refills ended",
        "A plan is over, or its refills were ended.",
        CUSTOMER,
        lambda now: notices.ended_letter(subscription(now), _summary(now)),
    ),
    MailTemplate(
        "subscriptions/mails/recall", "Recall", "A lot is recalled that the customer received.", CUSTOMER, recalled
    ),
    MailTemplate(
        "subscriptions/mails/recall_replaced",
        "Replacement packed",
        "A replacement that was waited for is there.",
        CUSTOMER,
        recall_replaced,
    ),
    MailTemplate(
        "subscriptions/mails/recall_goes_on", "Plan goes on", "A plan that was held goes on.", CUSTOMER, recall_goes_on
    ),
)

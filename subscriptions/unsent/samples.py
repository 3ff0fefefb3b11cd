"""The mails about plans that rest and what of them is paid, each with what causes it and a sample of plain values."""

from __future__ import annotations

from shop.registers import CUSTOMER, MailTemplate
from subscriptions.controls import telling
from subscriptions.sample_mails import subscription
from subscriptions.unsent import asking

HOLD_MAILS = (
    MailTemplate(
        "subscriptions/mails/plan_held",
        "Plan on hold",
        "A customer stopped their plan until further notice.",
        CUSTOMER,
        lambda now: telling.held_letter(subscription(now)),
    ),
    MailTemplate(
        "subscriptions/mails/plan_unanswered",
        "Plan waits for a yes",
        "A charge waited for its customer's yes, and its day came without one.",
        CUSTOMER,
        lambda now: telling.unanswered_letter(subscription(now)),
    ),
    MailTemplate(
        "subscriptions/mails/box_waits",
        "Paid refill not sent",
        "A plan was held or ended while a refill of it was paid and had not left.",
        CUSTOMER,
        lambda now: asking.asked_letter(subscription(now).refills[0]),
    ),
)

"""The mails about plans, refills, cards and recalls, each with what causes it and a sample made of plain values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from shop.registers import CUSTOMER, OWNER, MailTemplate
from shop.work.outbox import Letter
from subscriptions.sample_mails import of_plans, of_recalls, of_refills


def _mail(
    name: str, title: str, cause: str, sample: Callable[[datetime], Letter], reader: str = CUSTOMER
) -> MailTemplate:
    return MailTemplate(f"subscriptions/mails/{name}", title, cause, reader, sample)


OUR_MAILS = (
    _mail(
        "advance_notice",
        "Notice before a charge",
        "A refill is charged in a week or more.",
        of_refills.advance_notice,
    ),
    _mail("refill_paid", "Refill paid", "A refill was charged.", of_refills.paid),
    _mail("refill_declined", "Card declined", "A charge was declined and is tried again.", of_refills.declined),
    _mail(
        "refill_replaced",
        "Refill sent once more",
        "Staff replace a refill that was lost or arrived broken.",
        of_refills.replaced,
    ),
    _mail(
        "refill_needs_you",
        "Please pay in person",
        "Only the customer can bring a charge forward.",
        of_refills.needs_you,
    ),
    _mail(
        "pay_link",
        "A new link to pay",
        "A customer asks for one because theirs was used or has expired.",
        of_refills.pay_link,
    ),
    _mail("refill_waits", "Refill delayed", "A refill is due and its box is not in stock.", of_refills.waits),
    _mail("owner_refill_waits", "A refill waits for stock", "The same, to the owner.", of_refills.owner_waits, OWNER),
    _mail(
        "reminder",
        "Reminder that refills go on",
        "The law of a plan's contract asks for it, before the last charge of each six months.",
        of_refills.reminder,
    ),
    _mail(
        "price_change",
        "New refill price",
        "Staff announced another price for the refills of running plans.",
        of_refills.price_change,
    ),
    _mail(
        "plan_changed",
        "Plan changed",
        "A customer changed their plan, or what they logged made a refill needless.",
        of_plans.changed,
    ),
    _mail("plan_held", "Plan on hold", "A customer stopped their plan until further notice.", of_plans.held),
    _mail(
        "plan_unanswered",
        "Plan waits for a yes",
        "A charge waited for its customer's yes, and its day came without one.",
        of_plans.unanswered,
    ),
    _mail(
        "box_waits",
        "Paid refill not sent",
        "A plan was held or ended while a refill of it was paid and had not left.",
        of_plans.box_waits,
    ),
    _mail("ended", "Refills ended", "A plan is over, or its refills were ended.", of_plans.ended),
    _mail(
        "card_needed",
        "A card is needed",
        "The card of a running plan is removed, by its customer or at Stripe.",
        of_plans.card_needed,
    ),
    _mail(
        "backup_pays",
        "Backup card pays",
        "The card of a plan is removed, and it has a backup card.",
        of_plans.backup_pays,
    ),
    _mail(
        "card_expires",
        "Card expires",
        "A card expires before the next charge: a month and a week before that.",
        of_plans.card_expires,
    ),
    _mail("recall", "Recall", "A lot is recalled that the customer received.", of_recalls.recalled),
    _mail("recall_replaced", "Replacement packed", "A replacement that was waited for is there.", of_recalls.replaced),
    _mail("recall_goes_on", "Plan goes on", "A plan that was held goes on.", of_recalls.goes_on),
)

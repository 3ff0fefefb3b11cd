"""The mails about cards and about paying in person, each with what causes it and a sample made of plain values."""

from __future__ import annotations

from datetime import datetime

from shop.links import order_url
from shop.payments.cards.tables import SavedCard
from shop.registers import CUSTOMER, MailTemplate
from shop.sample_mails import values
from shop.work.outbox import Letter
from subscriptions.cards import letters as card_letters
from subscriptions.paying.links import link_letter
from subscriptions.sample_mails import subscription


def pay_link(now: datetime) -> Letter:
    """A new link to pay for the first refill."""
    order = values.order(now)
    order.refill_number = 1
    return link_letter(order, f"{order_url(values.TOKEN)}/pay")


def card_expires(now: datetime) -> Letter:
    """A card that ends before the charge."""
    saved = SavedCard(brand="visa", last4="4242", exp_month=4, exp_year=2027)
    return card_letters.expires_letter(subscription(now).refills[0], saved)


CARD_MAILS = (
    MailTemplate(
        "subscriptions/mails/pay_link",
        "A new link to pay",
        "A customer asks for one because theirs was used or has expired.",
        CUSTOMER,
        pay_link,
    ),
    MailTemplate(
        "subscriptions/mails/card_needed",
        "A card is needed",
        "The card of a running plan is removed, by its customer or at Stripe.",
        CUSTOMER,
        lambda now: card_letters.needed_letter(subscription(now)),
    ),
    MailTemplate(
        "subscriptions/mails/backup_pays",
        "Backup card pays",
        "The card of a plan is removed, and it has a backup card.",
        CUSTOMER,
        lambda now: card_letters.backup_letter(subscription(now)),
    ),
    MailTemplate(
        "subscriptions/mails/card_expires",
        "Card expires",
        "A card expires before the next charge: a month and a week before that.",
        CUSTOMER,
        card_expires,
    ),
)

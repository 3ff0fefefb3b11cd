"""The whole file: every part that a room has registered, the shop's own first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from kits.dates import iso
from shop.customers.addresses import FIELDS
from shop.customers.personal.contract import ExportPart
from shop.customers.personal.export.orders import orders
from shop.customers.personal.export.papers import documents, returns
from shop.customers.tables import Customer, MagicLink, SavedAddress
from shop.payments.cards.tables import SavedCard
from shop.registers import registers
from shop.work.outbox import OutboxAttachment, OutboxMail


def everything(session: Session, customer: Customer, now: datetime) -> dict[str, Any]:
    """The whole file: a member for each part that a room has registered."""
    parts = {name: part(session, customer, now) for name, part in registers().export_parts.items()}
    return {"made_at": iso(now), **parts}


def person(session: Session, customer: Customer, now: datetime) -> dict[str, Any]:
    """Who they are, and when links to sign in were mailed and used in the last days."""
    links = select(MagicLink).where(MagicLink.customer_id == customer.id).order_by(MagicLink.id)
    return {
        "email": customer.email,
        "name": customer.name,
        "customer_since": iso(customer.created_at),
        "known_to_stripe": customer.stripe_customer is not None,
        "sign_in_links": [
            {"expires_at": iso(link.expires_at), "used_at": iso(link.used_at)} for link in session.scalars(links)
        ],
    }


def address_book(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Their addresses, those that can still be put back, too."""
    mine = select(SavedAddress).where(SavedAddress.customer_id == customer.id).order_by(SavedAddress.id)
    return [
        {
            **{field: getattr(each, field) for field in FIELDS},
            "default": each.is_default,
            "used_at": iso(each.used_at),
            "removed_at": iso(each.removed_at),
        }
        for each in session.scalars(mine)
    ]


def letters(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """What we wrote to them; the words for as long as they are kept."""
    theirs = select(OutboxMail).where(OutboxMail.to == customer.email).order_by(OutboxMail.id)
    names = selectinload(OutboxMail.attachments).load_only(OutboxAttachment.mail_id, OutboxAttachment.name)
    return [_mail(each) for each in session.scalars(theirs.options(names))]


def cards(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """The cards that Stripe keeps for them, or kept; nobody but Stripe knows their numbers."""
    mine = select(SavedCard).where(SavedCard.customer_id == customer.id).order_by(SavedCard.id)
    return [
        {
            "brand": each.brand,
            "last4": each.last4,
            "expires": f"{each.exp_month:02}/{each.exp_year}" if each.exp_month and each.exp_year else None,
            "saved_at": iso(each.saved_at),
            "removed_at": iso(each.gone_at or each.leaves_at),
        }
        for each in session.scalars(mine)
    ]


PARTS: dict[str, ExportPart] = {
    "person": person,
    "addresses": address_book,
    "orders": orders,
    "cards": cards,
    "documents": documents,
    "returns": returns,
    "mails": letters,
}


def _mail(each: OutboxMail) -> dict[str, Any]:
    return {
        "subject": each.subject,
        "written_at": iso(each.queued_at),
        "sent_at": iso(each.sent_at),
        "text": each.text,
        "files": [file.name for file in each.attachments],
    }

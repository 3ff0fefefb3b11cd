"""All that the shop holds on a customer, as they download it: words and numbers, no secrets and no ids of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shop.customers.addresses import FIELDS
from shop.customers.tables import Customer, MagicLink, SavedAddress
from shop.orders.parcels.contents import Packed, contents
from shop.orders.tables import Agreement, Order, OrderLine, Parcel
from shop.payments.tables import Payment, PaymentAttempt, Refund
from shop.registers import ExportPart, registers
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


def orders(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """Orders with what was bought, agreed to, paid, given back and sent."""
    whole = [selectinload(getattr(Order, name)) for name in ("acknowledgements", "agreements", "parcels")]
    lines = selectinload(Order.lines).joinedload(OrderLine.kit)
    mine = select(Order).where(Order.customer_id == customer.id).order_by(Order.id)
    found = session.scalars(mine.options(lines, *whole)).all()
    packed, money = contents(session, *found), _Money(session, customer)
    return [{**_order(order), **money.of(order), "parcels": _parcels(order, packed)} for order in found]


def letters(session: Session, customer: Customer, now: datetime) -> list[dict[str, Any]]:
    """What we wrote to them; the words for as long as they are kept."""
    theirs = select(OutboxMail).where(OutboxMail.to == customer.email).order_by(OutboxMail.id)
    names = selectinload(OutboxMail.attachments).load_only(OutboxAttachment.mail_id, OutboxAttachment.name)
    return [_mail(each) for each in session.scalars(theirs.options(names))]


PARTS: dict[str, ExportPart] = {"person": person, "addresses": address_book, "orders": orders, "mails": letters}


def iso(when: date | datetime | None) -> str | None:
    """A day or a moment as JSON has it."""
    return when.isoformat() if when is not None else None


class _Money:
    """Attempts, payments and refunds of a customer's orders, by order; three statements."""

    def __init__(self, session: Session, customer: Customer) -> None:
        mine = select(Order.id).where(Order.customer_id == customer.id)
        self.attempts = self._all(session, PaymentAttempt, mine)
        self.payments = self._all(session, Payment, mine)
        refunds = select(Refund).join(Refund.payment).where(Payment.order_id.in_(mine)).order_by(Refund.id)
        self.refunds: Sequence[Refund] = session.scalars(refunds).all()

    def of(self, order: Order) -> dict[str, Any]:
        paid = [each for each in self.payments if each.order_id == order.id]
        tried = [each for each in self.attempts if each.order_id == order.id]
        back = [each for each in self.refunds if each.payment_id in {payment.id for payment in paid}]
        return {
            "payment_attempts": [_attempt(each) for each in tried],
            "payments": [_payment(each) for each in paid],
            "refunds": [_refund(each) for each in back],
        }

    @staticmethod
    def _all(session: Session, table: Any, mine: Any) -> Sequence[Any]:
        return session.scalars(select(table).where(table.order_id.in_(mine)).order_by(table.id)).all()


def _order(order: Order) -> dict[str, Any]:
    same = ("number", "kind", "state", "root_number", "refill_number", "shipping_method", "discount_code", *FIELDS)
    times = ("made_at", "paid_at", "shipped_at")
    amounts = ("total_amount", "shipping_amount", "vat_amount", "shipping_vat", "vat_permille")
    return {
        **{name: getattr(order, name) for name in (*same, "currency", *amounts)},
        **{name: iso(getattr(order, name)) for name in times},
        "lines": [_line(line) for line in order.lines],
        "acknowledged_notices": [
            {"version": each.version, "sha256": each.sha256, "accepted_at": iso(each.accepted_at)}
            for each in order.acknowledgements
        ],
        "agreements": [_agreement(each) for each in order.agreements],
    }


def _line(line: OrderLine) -> dict[str, Any]:
    same = ("title", "quantity", "unit_amount", "refill_amount", "discount_amount", "vat_amount", "sessions")
    return {
        "kit": line.kit.slug,
        **{name: getattr(line, name) for name in (*same, "every_weeks", "refills")},
        "start": iso(line.start),
        "serves_until": iso(line.serves_until),
    }


def _agreement(each: Agreement) -> dict[str, Any]:
    return {"to": each.kind, "version": each.version, "text": each.text, "agreed_at": iso(each.agreed_at)}


def _parcels(order: Order, packed: dict[int, list[Packed]]) -> list[dict[str, Any]]:
    return [_parcel(each, packed[each.id]) for each in order.parcels]


def _parcel(parcel: Parcel, packed: list[Packed]) -> dict[str, Any]:
    return {
        "number": parcel.number,
        "tracking": parcel.tracking,
        "shipped_at": iso(parcel.shipped_at),
        "delivered_at": iso(parcel.delivered_at),
        "contents": [
            {"item": each.lot.item.name, "lot": each.lot.code, "expires": iso(each.lot.expires_on), "units": each.units}
            for each in packed
        ],
    }


def _mail(each: OutboxMail) -> dict[str, Any]:
    return {
        "subject": each.subject,
        "written_at": iso(each.queued_at),
        "sent_at": iso(each.sent_at),
        "text": each.text,
        "files": [file.name for file in each.attachments],
    }


def _attempt(each: PaymentAttempt) -> dict[str, Any]:
    about = {name: getattr(each, name) for name in ("number", "way", "state", "amount", "currency", "decline_code")}
    return {**about, "started_at": iso(each.started_at), "ended_at": iso(each.ended_at)}


def _payment(each: Payment) -> dict[str, Any]:
    about = {name: getattr(each, name) for name in ("amount", "currency", "card_brand", "card_last4")}
    return {**about, "paid_at": iso(each.paid_at)}


def _refund(each: Refund) -> dict[str, Any]:
    return {"amount": each.amount, "state": each.state, "reason": each.reason, "asked_at": iso(each.asked_at)}

"""Issuing: one invoice for the payment that paid an order, one credit note for each refund of it.

Money that came too late or twice goes straight back: it bought nothing, so
there is no invoice for it and nothing to credit. Free replacements have none.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from kits.clock import today
from kits.errors import NotFound
from kits.host import unit
from kits.rows import put
from kits.settings import setting
from shop.orders.find import locked
from shop.orders.tables import Order
from shop.owner import facts
from shop.papers import said
from shop.papers.numbers import counter, take
from shop.papers.said import Credited, Said
from shop.papers.tables import CREDIT_NOTE, INVOICE, Document, DocumentBuyer
from shop.payments.tables import Payment, Refund


def issue_invoice(session: Session, payment: Payment, *, now: datetime) -> Document:
    """The invoice of a payment that paid its order, issued now if there is none. Call it last in the unit. Flushes."""
    counter(session, INVOICE)
    known = session.scalars(select(Document).where(Document.payment_id == payment.id)).first()
    return known or first_invoice(session, session.get_one(Order, payment.order_id), payment, now=now)


def first_invoice(session: Session, order: Order, payment: Payment, *, now: datetime) -> Document:
    """The invoice of a payment that has none yet: it was written in the open unit. Call it last there."""
    says = said.invoice(
        order,
        facts.read(session),
        shop=str(setting("NAME")),
        paid_by=payment.came_by or _card(payment),
        issued_on=today(now).isoformat(),
        supplied_on=today(payment.paid_at).isoformat(),
    )
    buyer = {"name": order.name, "address": said.address_of(order)}
    values = {"order_id": order.id, "payment_id": payment.id, "issued_at": now, "snapshot": says}
    values |= {"kind": INVOICE, "gross_amount": says["gross"], "vat_amount": says["vat"]}
    made = put(session, Document, {**values, "number": take(session, INVOICE)})
    set_committed_value(made, "buyer", put(session, DocumentBuyer, {"document_id": made.id, **buyer}))
    return made


def issue_credit_note(session: Session, refund: Refund, *, now: datetime) -> Document | None:
    """The credit note of a refund that succeeded; None when what it gives back was never invoiced.

    Issued now if there is none, after those of earlier refunds and the invoice. Call it last in the unit. Flushes.
    """
    paid = paying(session, refund.payment.order_id)
    if paid is None or paid.id != refund.payment_id:
        return None
    invoiced = issue_invoice(session, paid, now=now)
    last = counter(session, CREDIT_NOTE)
    known = session.scalars(select(Document).where(Document.refund_id == refund.id)).first()
    if known is not None:
        return known
    says = _credited(session, invoiced, refund, now)
    if says is None:
        return None
    last.last += 1
    made = Document(
        kind=CREDIT_NOTE, number=last.last, refund=refund, order=invoiced.order, issued_at=now, snapshot=says
    )
    return _written(session, made, _same(invoiced.buyer))


def catch_up(order_id: int, *, now: datetime) -> None:
    """Issue what an order lacks that was paid, or refunded, before its papers were kept. Commits.

    Raises NotFound while nothing was paid for it.
    """
    with unit() as session:
        locked(session, order_id)
        payment = paying(session, order_id)
        if payment is None:
            raise NotFound("There is no invoice: nothing was paid for this order.")
        issue_invoice(session, payment, now=now)
        for refund in session.scalars(_uncredited(payment)):
            issue_credit_note(session, refund, now=now)


def paying(session: Session, order_id: int) -> Payment | None:
    """The payment that made an order paid."""
    query = select(Payment).join(Order, Order.id == Payment.order_id)
    mine = query.where(Order.id == order_id, Payment.paid_at == Order.paid_at)
    return session.scalars(mine.order_by(Payment.id).limit(1)).first()


def papers_of(session: Session, order_id: int) -> list[Document]:
    """An order's invoice and its credit notes, in the order they were issued; one statement."""
    return list(session.scalars(select(Document).where(Document.order_id == order_id).order_by(Document.id)))


def _uncredited(payment: Payment) -> Select[Refund]:
    uncredited = ~exists().where(Document.refund_id == Refund.id)
    succeeded = select(Refund).where(Refund.payment_id == payment.id, Refund.state == "succeeded")
    return succeeded.where(uncredited).order_by(Refund.id)


def _credited(session: Session, invoiced: Document, refund: Refund, now: datetime) -> Said | None:
    """What a credit note says; None when what went back is credited already, by the note of a refund that failed later.

    The caller holds the counter, so that no other is being issued meanwhile.
    """
    earlier = select(Document.gross_amount, Document.vat_amount).where(
        Document.order_id == invoiced.order_id, Document.kind == CREDIT_NOTE
    )
    before = [(amount, vat) for amount, vat in session.execute(earlier)]
    amount = min(refund.amount, _given_back(session, refund) - sum(gross for gross, _ in before))
    if amount <= 0:
        return None
    vat = said.vat_to_credit(invoiced.gross_amount, invoiced.vat_amount, before, amount)
    was = cast(Said, invoiced.snapshot)
    credited = Credited(invoice=invoiced.code, issued_on=was["issued_on"], reason=refund.why.short)
    return said.credit_note(was, credited, amount, vat, issued_on=today(now).isoformat())


def _given_back(session: Session, refund: Refund) -> int:
    """What of the refund's payment went back, in minor units."""
    succeeded = Refund.payment_id == refund.payment_id, Refund.state == "succeeded"
    return session.scalar(select(func.sum(Refund.amount)).where(*succeeded)) or 0


def _same(buyer: DocumentBuyer | None) -> DocumentBuyer | None:
    return DocumentBuyer(name=buyer.name, address=buyer.address) if buyer else None


def _written(session: Session, made: Document, buyer: DocumentBuyer | None) -> Document:
    made.gross_amount, made.vat_amount = made.snapshot["gross"], made.snapshot["vat"]
    made.buyer = buyer
    session.add(made)
    session.flush()
    return made


def _card(payment: Payment) -> str:
    if not payment.card_last4:
        return "card"
    return f"{(payment.card_brand or 'card').replace('_', ' ').capitalize()} ending in {payment.card_last4}"

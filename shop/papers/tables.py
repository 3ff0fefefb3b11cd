"""Invoices and credit notes as they were issued, whom they are for, and the numbers they have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row
from shop.orders.tables import Order
from shop.payments.tables import Payment, Refund

INVOICE, CREDIT_NOTE = "invoice", "credit_note"
LETTERS = {INVOICE: "INV", CREDIT_NOTE: "CN"}


class Document(Row):
    """An invoice for the payment that paid an order, or a credit note for a refund of it. Append-only.

    `snapshot` is all that it says, as `shop.papers.said.Said`, but for whom it is for: persons stand apart.
    """

    __tablename__ = "shop_document"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        CheckConstraint("(payment_id IS NULL) <> (refund_id IS NULL)", name="one_cause"),
    )

    kind: Mapped[str] = mapped_column(doc="invoice or credit_note")
    number: Mapped[int] = mapped_column(doc="counted for each kind from 1, without gaps")
    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("shop_payment.id"), unique=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("shop_refund.id"), unique=True)
    issued_at: Mapped[datetime]
    gross_amount: Mapped[int] = mapped_column(doc="what was paid, or given back")
    vat_amount: Mapped[int] = mapped_column(doc="the VAT in it")
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)

    order: Mapped[Order] = relationship()
    payment: Mapped[Payment | None] = relationship()
    refund: Mapped[Refund | None] = relationship()
    buyer: Mapped[DocumentBuyer | None] = relationship(back_populates="document")

    @property
    def code(self) -> str:
        """Its number for people, e.g. `INV-000123`."""
        return f"{LETTERS[self.kind]}-{self.number:06d}"


class DocumentBuyer(Row):
    """Whom a document is for. Kept apart from it, so that it can be taken away when the law no longer asks for it."""

    __tablename__ = "shop_document_buyer"

    document_id: Mapped[int] = mapped_column(ForeignKey("shop_document.id"), unique=True)
    name: Mapped[str]
    address: Mapped[list[str]] = mapped_column(JSON, doc="line by line")

    document: Mapped[Document] = relationship(back_populates="buyer")


class DocumentCounter(Row):
    """The last number of a kind of document. Whoever takes the next one holds this row until the commit."""

    __tablename__ = "shop_document_counter"

    kind: Mapped[str] = mapped_column(unique=True)
    last: Mapped[int]

"""Who was erased, and what of them is kept apart because the law says so."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row
from shop.orders.tables import Order
from shop.work.leases import ClaimedRow
from shop.work.outbox import OutboxMail

INVOICE, RECALL = "invoice", "recall"


class KeptPerson(Row):
    """What of an erased person is kept for one order, why, and until when; no page leads to it.

    `invoice` keeps the name and the address, `recall` the e-mail; each is gone after its last day.
    """

    __tablename__ = "shop_kept_person"
    __table_args__ = (UniqueConstraint("order_id", "reason"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"))
    reason: Mapped[str] = mapped_column(doc="invoice or recall")
    email: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    line1: Mapped[str] = mapped_column(default="")
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    keep_until: Mapped[date] = mapped_column(index=True, doc="the last day it is kept")

    order: Mapped[Order] = relationship()


class Erasure(ClaimedRow):
    """That a customer was erased, and what is still to be done about it: at the gateway, and with the last mail."""

    __tablename__ = "shop_erasure"

    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customer.id"), unique=True)
    gateway_id: Mapped[str | None] = mapped_column(unique=True, doc="the gateway's id of the customer")
    forgotten_at: Mapped[datetime | None] = mapped_column(doc="when the gateway had deleted them")
    mail_id: Mapped[int] = mapped_column(ForeignKey("shop_outbox_mail.id"), doc="the mail that confirms it")
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(doc="when the last trace outside what is kept was gone")

    mail: Mapped[OutboxMail] = relationship()

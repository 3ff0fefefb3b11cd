"""Customers, their sign-in links and addresses, staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row
from shop.work.leases import ClaimedRow


class Customer(Row):
    """A person who orders, known by e-mail (lower case). A row that can be pseudonymised.

    An erased one keeps its id alone: its e-mail is a made-up one that nobody can type.
    """

    __tablename__ = "shop_customer"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    stripe_customer: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    sign_ins: Mapped[int] = mapped_column(default=0, doc="counted up to sign out everywhere: sessions carry it")
    erased_at: Mapped[datetime | None]


class MagicLink(Row):
    """A link that signs a customer in once, on POST. Only the token's hash is kept."""

    __tablename__ = "shop_magic_link"

    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customer.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()


class LinkRequest(ClaimedRow):
    """Someone asked for a link by mail: to sign in, or to the order `order_number`. Gone once it was looked at."""

    __tablename__ = "shop_link_request"

    email: Mapped[str]
    order_number: Mapped[str | None]
    asked_at: Mapped[datetime]


class SavedAddress(Row):
    """One address of a customer's own book; orders keep theirs. One that was removed can be put back for a day."""

    __tablename__ = "shop_address"

    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customer.id"), index=True)
    name: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str]
    postcode: Mapped[str]
    country: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False, doc="the checkout is filled in with it")
    used_at: Mapped[datetime] = mapped_column(doc="when an order to it was paid last, or it was written down")
    removed_at: Mapped[datetime | None]


class StaffMember(Row):
    """Someone who may use the admin of a standalone shop."""

    __tablename__ = "shop_staff_member"

    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

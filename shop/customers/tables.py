"""Customers, their sign-in links, staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row


class Customer(Row):
    """A person who orders, known by e-mail (lower case). A row that can be pseudonymised."""

    __tablename__ = "shop_customer"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    stripe_customer: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class MagicLink(Row):
    """A link that signs a customer in once, on POST. Only the token's hash is kept."""

    __tablename__ = "shop_magic_link"

    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customer.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()


class StaffMember(Row):
    """Someone who may use the admin of a standalone shop."""

    __tablename__ = "shop_staff_member"

    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

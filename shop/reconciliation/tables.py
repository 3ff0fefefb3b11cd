"""Comparisons with Stripe, and what they found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kits.money import Money
from kits.tables import BigId, Row

OPEN, GONE, REPAIRED, LOOKED_INTO = "open", "gone", "repaired", "looked_into"
_IS_OPEN = text("state = 'open'")


class Comparison(Row):
    """One comparison of our books with Stripe's: of which span, and what it came to. Times are business time.

    `ended_at` stays None where it was broken off; then it has closed no finding.
    """

    __tablename__ = "shop_comparison"

    actor: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    charges: Mapped[int] = mapped_column(default=0, doc="how many of Stripe's it has read")
    refunds: Mapped[int] = mapped_column(default=0)
    disputes: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0, doc="rows of ours that it had to ask for one by one")
    opened: Mapped[int] = mapped_column(default=0, doc="findings that were new")
    closed: Mapped[int] = mapped_column(default=0, doc="findings that are no more")


class Finding(Row):
    """Something that the two sides do not agree on; one row however often it is found.

    `about` is Stripe's id of it, or `refund-7` for a refund of ours that Stripe has no id of. It is `open` until a
    comparison finds it no more (`gone`), a repair ends it, or staff put it aside with a reason (`looked_into`).
    """

    __tablename__ = "shop_finding"
    __table_args__ = (
        UniqueConstraint("kind", "about"),
        Index("ix_shop_finding_open", "id", postgresql_where=_IS_OPEN, sqlite_where=_IS_OPEN),
    )

    kind: Mapped[str] = mapped_column(doc="one of shop.reconciliation.kinds")
    about: Mapped[str]
    order_number: Mapped[str | None] = mapped_column(doc="the order that it names, ours or not")
    amount: Mapped[int] = mapped_column(BigId, doc="how much money it is about, in minor units of any currency")
    currency: Mapped[str]
    ours: Mapped[str] = mapped_column(default="", doc="how it stands here, where it stands otherwise there")
    theirs: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=OPEN)
    found_at: Mapped[datetime] = mapped_column(doc="when it was opened last")
    ended_at: Mapped[datetime | None]
    seen_in: Mapped[int] = mapped_column(doc="the id of the comparison that found it last")
    actor: Mapped[str | None] = mapped_column(doc="who repaired it or put it aside")
    reason: Mapped[str] = mapped_column(Text, default="", doc="why it was put aside")
    requests: Mapped[int] = mapped_column(default=0, doc="counts up when a key must not be used again")

    @property
    def money(self) -> Money:
        """What it is about."""
        return Money(self.amount, self.currency)

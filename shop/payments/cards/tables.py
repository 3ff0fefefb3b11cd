"""Cards that the gateway keeps for customers, and the pages on which they are saved."""

from __future__ import annotations

import calendar
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row
from shop.customers.tables import Customer
from shop.work.leases import ClaimedRow

OPEN, DONE, CLOSED = "open", "done", "closed"
_LEAVING = text("leaves_at IS NOT NULL AND gone_at IS NULL")
_OPEN = text("state = 'open'")


class SavedCard(ClaimedRow):
    """A card by its id at the gateway, with what stands on it but for its number.

    One that was detached has a `gone_at` and is never charged again. A row
    without a customer remembers a card that was gone before we had heard of
    it. `looks` counts what we wrote after asking the gateway, so that of two
    who asked, the older answer does not win.
    """

    __tablename__ = "shop_saved_card"
    __table_args__ = (
        Index("ix_shop_saved_card_expiry", "exp_year", "exp_month"),
        Index("ix_shop_saved_card_leaving", "id", postgresql_where=_LEAVING, sqlite_where=_LEAVING),
    )

    gateway_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("shop_customer.id"), index=True)
    brand: Mapped[str | None]
    last4: Mapped[str | None]
    exp_month: Mapped[int | None]
    exp_year: Mapped[int | None]
    fingerprint: Mapped[str | None] = mapped_column(doc="the gateway's: the same number has the same")
    saved_at: Mapped[datetime]
    looks: Mapped[int] = mapped_column(default=0)
    leaves_at: Mapped[datetime | None] = mapped_column(doc="since when it is to be detached: nothing is paid with it")
    gone_at: Mapped[datetime | None] = mapped_column(doc="since when the gateway keeps it for nobody")

    @property
    def lasts_until(self) -> date | None:
        """The last day on which it can pay; None where that is not known."""
        if self.exp_year is None or self.exp_month is None:
            return None
        return date(self.exp_year, self.exp_month, calendar.monthrange(self.exp_year, self.exp_month)[1])

    def same_as(self, other: SavedCard) -> bool:
        """True for the same number with the same expiry: what a bank said of one holds for the other."""
        mine = (self.fingerprint, self.exp_year, self.exp_month)
        return None not in mine and mine == (other.fingerprint, other.exp_year, other.exp_month)


class CardSetup(Row):
    """One page on which a customer saves a card, committed before it is asked for; its `key` makes the request's.

    `about` is what the card is for, in the words of the room that asked; of
    each there is one open page. `requests` counts up when a key must not be
    used again.
    """

    __tablename__ = "shop_card_setup"
    __table_args__ = (
        Index("uq_shop_card_setup_open", "about", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("shop_customer.id"), index=True)
    about: Mapped[str]
    state: Mapped[str] = mapped_column(default=OPEN, doc="open, done or closed")
    key: Mapped[str] = mapped_column(unique=True)
    requests: Mapped[int] = mapped_column(default=0)
    session_id: Mapped[str | None] = mapped_column(unique=True)
    session_url: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("shop_saved_card.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()

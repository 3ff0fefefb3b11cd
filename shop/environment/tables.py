"""The marker: what a database remembers of where it is at work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from kits.tables import Base

ONLY = 1


class Environment(Base):
    """One row, written when a worker first starts or a card is first charged.

    `account` is None while Stripe was not asked, or does not tell a key like ours. `seen_at` is when a process last
    found all as it should be, in business time: a copy is younger.
    """

    __tablename__ = "shop_environment"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account: Mapped[str | None] = mapped_column(doc="the account at Stripe, and whether in test mode")
    fingerprint: Mapped[str] = mapped_column(Text, doc="what does not travel in a dump")
    other_account: Mapped[str | None] = mapped_column(doc="whose key a process has found set instead")
    seen_at: Mapped[datetime]

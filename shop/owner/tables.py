"""Facts about the shop and the versions of its pages' texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kits.tables import Row


class Fact(Row):
    """One fact of `shop.owner.facts.Facts` that the owner has set."""

    __tablename__ = "shop_fact"

    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class PageVersion(Row):
    """A version of a page's text (Markdown). Published versions are never changed; the newest is shown."""

    __tablename__ = "shop_page_version"
    __table_args__ = (UniqueConstraint("page", "number"),)

    page: Mapped[str] = mapped_column(doc="the page's name: guide, terms, privacy, delivery, returns, about")
    number: Mapped[int] = mapped_column(doc="1 for the owner's first")
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[str]

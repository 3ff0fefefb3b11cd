"""The texts of the shop's pages: what the owner published last, else what we ship.

A page's versions are never changed. A text says which version it is, so that
an order can name the terms it was made under.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category

from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, Busy, NotFound, WrongState
from kits.host import end_reads, unit
from shop.owner.blanks import filled, plain
from shop.owner.facts import Facts
from shop.owner.markdown import contents, html
from shop.owner.tables import PageVersion
from shop.templating import template_folder

__all__ = ["PAGES", "PageText", "contents", "current", "filled", "html", "plain", "publish", "shown_html"]

PAGES = ("guide", "terms", "privacy", "delivery", "returns", "about")
SHIPPED = "0"
"""The version of the text that we ship."""
LONGEST_TITLE, LONGEST_TEXT = 80, 60_000


@dataclass(frozen=True)
class PageText:
    """A version of a page: Markdown with blanks. `published_at` is None for the text that we ship."""

    page: str
    title: str
    text: str
    version: str
    sha256: str
    published_at: datetime | None = None
    published_by: str = ""

    @property
    def shipped(self) -> bool:
        """True while the owner has published none."""
        return self.version == SHIPPED


def current(session: Session, page: str) -> PageText:
    """What the page says now, in one statement; raises NotFound for a page we do not have."""
    newest = _versions(session, page, limit=1)
    return newest[0] if newest else shipped(page)


def newest(page: str) -> Select[*tuple[Any, ...]]:
    """The read of a page's newest published version, for `kits.reads.together`."""
    last = select(func.max(PageVersion.number)).where(PageVersion.page == page).scalar_subquery()
    columns = (PageVersion.title, PageVersion.text, PageVersion.number, PageVersion.sha256)
    return select(*columns).where(PageVersion.page == page, PageVersion.number == last)


def told(page: str, rows: Sequence[Sequence[Any]]) -> PageText:
    """The page that the rows of `newest` tell, without who published it and when."""
    if not rows:
        return shipped(page)
    title, text, number, sha256 = rows[0]
    return PageText(page, title, text, str(number), sha256)


def versions(session: Session, page: str) -> list[PageText]:
    """Every version of the page, the newest first, the text that we ship last."""
    return [*_versions(session, page), shipped(page)]


def shown_html(text: PageText, facts: Facts, *, mailed: bool = False) -> Markup:
    """The text for a reader: its blanks filled, as clean HTML."""
    return html(filled(text.text, facts, mailed=mailed))


def publish(page: str, title: str, text: str, *, actor: str, now: datetime, instead_of: str | None = None) -> PageText:
    """Make this what the page says from now on. Commits; what it says already is published once.

    `instead_of` is the version that its writer saw. Raises BadInput at `title`
    or `text`, NotFound for a page we do not have, WrongState when another
    version was published meanwhile, Busy when one is just now.
    """
    made = draft(page, title, text)
    end_reads()
    try:
        with unit() as session:
            before = current(session, page)
            if (before.title, before.text) == (made.title, made.text):
                return before
            if instead_of is not None and instead_of != before.version:
                raise WrongState("Someone else has published this page meanwhile. Look at their version first.")
            return _add(session, before, made, actor, now)
    except IntegrityError as error:
        raise Busy("Someone else is publishing this page just now. Look at their version first.") from error


def draft(page: str, title: str, text: str) -> PageText:
    """What publishing these would make the page say; raises as `publish` does."""
    title, text = title.strip(), text.replace("\r\n", "\n").strip() + "\n"
    _check(title, text)
    return PageText(page, title, text, "", digest(text))


@cache
def shipped(page: str) -> PageText:
    """The text that we ship; raises NotFound."""
    if page not in PAGES:
        raise NotFound("There is no such page.")
    whole = (Path(template_folder()) / "shop" / "pages" / f"{page}.md").read_text(encoding="utf-8")
    first, _, rest = whole.partition("\n")
    text = rest.strip() + "\n"
    return PageText(page, first.removeprefix("# ").strip(), text, SHIPPED, digest(text))


def digest(text: str) -> str:
    """What proves a text unchanged."""
    return hashlib.sha256(text.encode()).hexdigest()


def _add(session: Session, before: PageText, made: PageText, actor: str, now: datetime) -> PageText:
    row = PageVersion(
        page=before.page, number=int(before.version) + 1, title=made.title, text=made.text, sha256=made.sha256,
        published_at=now, published_by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="page.published", subject=f"page {row.page}",
        version=row.number, sha256=row.sha256,
    )  # fmt: skip
    return _read(row)


def _versions(session: Session, page: str, limit: int | None = None) -> list[PageText]:
    if page not in PAGES:
        raise NotFound("There is no such page.")
    query = select(PageVersion).where(PageVersion.page == page).order_by(PageVersion.number.desc()).limit(limit)
    return [_read(row) for row in session.scalars(query)]


def _read(row: PageVersion) -> PageText:
    return PageText(row.page, row.title, row.text, str(row.number), row.sha256, row.published_at, row.published_by)


def _check(title: str, text: str) -> None:
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise BadInput("title", f"Give the page a title of up to {LONGEST_TITLE} characters.")
    if not text.strip():
        raise BadInput("text", "Write the text of the page.")
    if len(text) > LONGEST_TEXT:
        raise BadInput("text", f"Keep the text under {LONGEST_TEXT:,} characters.")
    if any(category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        raise BadInput("text", "This holds a sign that we cannot read. Please type it again.")

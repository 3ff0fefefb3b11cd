"""The pages whose texts the owner writes: the guide, terms, privacy, delivery, returns, and who trades."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from flask import render_template
from markupsafe import Markup

from kits.host import session
from shop.owner import facts
from shop.owner.blanks import DRAWINGS
from shop.owner.facts import Facts
from shop.owner.pages import PAGES, PageText, contents, current, shown_html
from shop.storefront.telling import told

LONG = 4
"""From so many main headings on, a page begins with a table of contents."""
_DRAWING = re.compile(rf"<p>\{{drawing_({'|'.join(DRAWINGS)})\}}</p>\n?")
_TAGS = re.compile(r"<[^>]+>")
DESCRIBED = 155
"""So many characters of a page describe it to search engines."""


def page(name: str) -> str:
    """A page of the owner's."""
    text = current(session(), name)
    return render_template("shop/page.html", **laid_out(text, facts.shown()), **told(name))


def laid_out(text: PageText, known: Facts) -> dict[str, object]:
    """A page's text for a reader: its parts with the drawings between them, its contents, what it is about."""
    parts = list(illustrated(shown_html(text, known)))
    headings = contents(text.text)
    about = " ".join(_TAGS.sub(" ", parts[0][1]).split())
    return {
        "text": text,
        "parts": parts,
        "contents": headings if len(headings) >= LONG else (),
        "about": Markup(about).unescape()[:DESCRIBED],  # noqa: S704 - cleaned, and text from here on
    }


def illustrated(html: Markup) -> Iterator[tuple[str, Markup]]:
    """The text in parts, each with the name of the drawing that stands before it, or ""."""
    first, *rest = _DRAWING.split(html)
    yield "", Markup(first)  # noqa: S704 - cleaned
    for drawing, part in zip(rest[::2], rest[1::2], strict=True):
        yield drawing, Markup(part)  # noqa: S704 - cleaned


ROUTES = tuple((f"/{name}", name, partial(page, name), ["GET"]) for name in PAGES)

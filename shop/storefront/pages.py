"""The pages whose texts the owner writes: the guide, terms, privacy, delivery, returns, and who trades."""

from __future__ import annotations

from functools import partial

from flask import render_template

from kits.host import session
from shop.owner import facts
from shop.owner.pages import PAGES, contents, current, shown_html

LONG = 4
"""From so many main headings on, a page begins with a table of contents."""


def page(name: str) -> str:
    """A page of the owner's."""
    text = current(session(), name)
    headings = contents(text.text)
    return render_template(
        "shop/page.html",
        text=text,
        html=shown_html(text, facts.shown()),
        contents=headings if len(headings) >= LONG else (),
    )


ROUTES = tuple((f"/{name}", name, partial(page, name), ["GET"]) for name in PAGES)

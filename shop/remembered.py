"""Parts of pages that are made once for the same values, and remembered in the process.

A part is a pure function of its arguments, which are plain values: another
price, fact or text makes other arguments, so what is remembered is never out
of date. A part knows no visitor. Where a form in it needs the visitor's CSRF
token there stands a mark, which is replaced each time.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec

from flask import current_app, has_request_context, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup

from shop.templating import lasting_words

MOST = 100
TOKEN = f"token-{secrets.token_hex(16)}"
_KEY = "refillery_remembered"
FRONT = "refillery_storefront.front"
_OF_A_VISITOR = {
    name: StrictUndefined(f"a part that is remembered knows no visitor, so it has no `{name}`")
    for name in ("request", "session", "g")
}
P = ParamSpec("P")


def remembered(make: Callable[P, str]) -> Callable[P, Markup]:
    """Let `make` work once for the same arguments, all of them hashable values: its HTML is remembered, MOST of it."""

    @wraps(make)
    def part(*args: P.args, **kwargs: P.kwargs) -> Markup:
        return for_visitor(_of_app(make)(_front(), *args, **kwargs))

    return part


def for_visitor(html: str) -> Markup:
    """What `rendered` made, with this visitor's token in the place of its mark."""
    return Markup(html.replace(TOKEN, generate_csrf()) if TOKEN in html else html)  # noqa: S704 - our templates' own


def rendered(template: str, **values: Any) -> str:
    """`template` with `values` and our words, and without anything of a visitor's or a host's."""
    words = {**_OF_A_VISITOR, **lasting_words(), "csrf_token": lambda: TOKEN}
    return current_app.jinja_env.get_template(template).render({**words, **values})


def _front() -> str:
    """The address of the shop's front page, which is asked for once a request: a page is made of several parts."""
    if not has_request_context():
        return url_for(FRONT)
    known = request.environ.get(_KEY)
    if known is None:
        known = request.environ[_KEY] = url_for(FRONT)
    return str(known)


def _of_app(make: Callable[..., str]) -> Callable[..., str]:
    """What the current app remembers of `make`, by the address of the shop's front page: links depend on it."""
    known = current_app.extensions.setdefault(_KEY, {})
    if make not in known:
        known[make] = lru_cache(MOST)(lambda front, *args, **kwargs: make(*args, **kwargs))
    found: Callable[..., str] = known[make]
    return found

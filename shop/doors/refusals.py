"""The page for a request that is turned away: plain, so that it stands when everything else does not."""

from __future__ import annotations

from flask import Response
from markupsafe import Markup

PAGE = Markup(
    '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"></head>'
    "<body><main><h1>{title}</h1><p>{what_now}</p></main></body></html>"
)


def plain_page(status: int, title: str, what_now: str) -> Response:
    """A page of one heading and one sentence."""
    return Response(PAGE.format(title=title, what_now=what_now), status)

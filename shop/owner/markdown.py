"""Markdown that people type, as HTML that can do no harm."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {
    "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote", "em", "strong", "code", "pre", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "h2": {"id"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto", "tel"}
TOP = "top"
KEPT = 128
"""So many texts stay rendered: the pages of a shop and the texts of its kits."""


@lru_cache(maxsize=KEPT)
def html(text: str, top: int = 2) -> Markup:
    """`text` (CommonMark with tables) as clean HTML, its main headings of level `top`: below those of the page.

    HTML that was typed is shown as it was typed; there are no images. Main
    headings have ids, so that `contents` can lead to them.
    """
    made = _parser().render(text, {TOP: top})
    clean = nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")
    return Markup(clean)  # noqa: S704 - cleaned


@lru_cache(maxsize=KEPT)
def contents(text: str) -> tuple[tuple[str, str], ...]:
    """The ids and words of the main headings of `html(text)`, in order."""
    tokens = _parser().parse(text, {TOP: 2})
    return tuple(
        (str(token.attrGet("id")), _words(tokens[place + 1]))
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    )


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.core.ruler.push("headings", _shift_headings)
    return parser


def _shift_headings(state: Any) -> None:
    given: set[str] = set()
    top = state.env[TOP]
    main = min((int(token.tag[1]) for token in state.tokens if token.type == "heading_open"), default=1)
    for place, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) - main + top, 6)}"
        if token.type == "heading_open" and token.tag == "h2":
            token.attrSet("id", _new_id(_words(state.tokens[place + 1]), given))
        if token.type == "th_open":
            token.attrs.pop("style", None)
            token.attrSet("scope", "col")


def _new_id(words: str, given: set[str]) -> str:
    stem = "about-" + (re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60] or "this")
    made, number = stem, 2
    while made in given:
        made, number = f"{stem}-{number}", number + 1
    given.add(made)
    return made


def _words(inline: Token) -> str:
    """What a heading says, without its marks."""
    return "".join(token.content for token in inline.children or () if token.type in ("text", "code_inline"))

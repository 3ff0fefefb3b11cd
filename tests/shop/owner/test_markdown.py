"""Markdown that people type: rendered, harmless whatever it holds, and never slow."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from shop.owner.markdown import TAGS, contents, html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    '[x](/a "\\" onmouseover=alert(1) x=")',
    "<javascript:alert(1)>",
    "![x](https://elsewhere.example/a.png)",
    "![x](/a.png)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<style>*{display:none}</style>",
    '<div style="position:fixed">x</div>',
    "<iframe src=/></iframe>",
    "<form action=/x><input></form>",
    "# <script>alert(1)</script>",
    "`<script>`",
    "```<script>\n</script>\n```",
    "| <script> |\n|---|\n| <img onerror=x> |",
]
HARMLESS = {"href", "title", "rel", "id", "start", "scope"}


class Reader(HTMLParser):
    """The tags of a text, and their attributes, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_can_run_load_or_hide_anything(text: str) -> None:
    read = Reader(html(text))
    assert read.tags <= TAGS
    assert {name for name, _ in read.attributes} <= HARMLESS
    assert [value for name, value in read.attributes if name == "href" and not value.startswith(("/", "http"))] == []


def test_html_that_was_typed_is_shown_as_it_was_typed() -> None:
    assert html("a <b>bold</b> claim") == "<p>a &lt;b&gt;bold&lt;/b&gt; claim</p>\n"


@pytest.mark.parametrize(
    ("text", "top", "levels"),
    [
        ("# One\n\n## Two\n\n###### Six", 2, ["h2", "h3", "h6"]),
        ("## One\n\n### Two\n\n## One", 2, ["h2", "h3", "h2"]),
        ("### Three\n\n# One", 3, ["h5", "h3"]),
    ],
)
def test_headings_stand_below_those_of_the_page(text: str, top: int, levels: list[str]) -> None:
    assert re.findall(r"<(h\d)", html(text, top)) == levels


def test_headings_can_be_linked_to_though_they_are_called_the_same() -> None:
    text = "# Prices & *VAT*\n\nx\n\n# Prices & VAT\n\n# !?"
    assert contents(text) == (
        ("about-prices-vat", "Prices & VAT"),
        ("about-prices-vat-2", "Prices & VAT"),
        ("about-this", "!?"),
    )
    assert re.findall(r'id="([^"]+)"', html(text)) == [id for id, _ in contents(text)]


def test_lists_tables_and_links_are_what_they_are() -> None:
    made = html("- one\n- two\n\n|a|b|\n|---|--:|\n|1|2|\n\n[mail](mailto:a@example.org)")
    assert "<li>one</li>" in made
    assert '<th scope="col">a</th>' in made
    assert "style" not in made
    assert '<a href="mailto:a@example.org" rel="noopener noreferrer">mail</a>' in made


@pytest.mark.parametrize("sign", ["*", "[", "> ", "`", "- ", "_a", "![", "<", "|a\n|-\n", "[a](", "\\", "&#x", "**a"])
def test_giant_and_crooked_texts_are_rendered_all_the_same(sign: str) -> None:
    assert html(sign * (60_000 // len(sign)))

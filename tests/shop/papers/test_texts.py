"""Markdown as a plain mail reads it."""

from __future__ import annotations

import pytest

from shop.papers.texts import as_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("## Who you buy from\n\nUs.", "Who you buy from\n----------------\n\nUs."),
        ("You have **14 days** and __no more__.", "You have 14 days and no more."),
        ("[the terms](https://shop.example/terms)", "the terms (https://shop.example/terms)"),
        ("[help@shop.example](mailto:help@shop.example)", "help@shop.example"),
        ("> Order number:\n>\n> Name:", "Order number:\n\nName:"),
        ("- one\n- two\n1. three", "- one\n- two\n1. three"),
        ("2 * 3 ** 4 # no heading", "2 * 3 ** 4 # no heading"),
        ("#" * 50_000 + " " * 50_000, "#" * 50_000),
        ("", ""),
    ],
)
def test_the_words_stay_and_the_marks_go(markdown: str, text: str) -> None:
    assert as_text(markdown) == text

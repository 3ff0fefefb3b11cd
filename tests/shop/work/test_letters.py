"""Letters from templates: the same words as text and as HTML that runs nothing and fetches nothing."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from shop.work.letters import letter
from shop.work.outbox import Letter

HOSTILE = '"><img src=x onerror=alert(1)></td></table><script>alert(1)</script>&amp;{{ 7 * 7 }}'


def sign_in(**about: object) -> Letter:
    return letter("Your link", "shop/mails/sign_in", **{"url": "https://shop.example/x", "minutes": 15, **about})


def test_a_letter_has_text_and_html_of_the_same_words(app: Flask) -> None:
    made = sign_in()
    assert "https://shop.example/x" in made.text
    assert 'href="https://shop.example/x"' in made.html
    for words in ("It works once, for 15 minutes.", "Your link"):
        assert words in made.html
    assert "It works once, for 15 minutes." in made.text


def test_html_is_a_whole_document_that_fetches_and_runs_nothing(app: Flask) -> None:
    html = sign_in().html
    assert html.lower().startswith("<!doctype html>")
    assert "width=device-width" in html
    assert "prefers-color-scheme: dark" in html
    for bad in ("<script", "<img", "<link", "url(", "@import", "javascript:", "<form", "<iframe"):
        assert bad not in html
    assert set(re.findall(r'(?:src|href)="([^"]*)"', html)) == {"https://shop.example/x"}


def test_what_strangers_write_is_shown_and_never_read_as_markup(app: Flask) -> None:
    for made in (sign_in(url=f"https://shop.example/{HOSTILE}"), sign_in(url=HOSTILE), sign_in(minutes=HOSTILE)):
        assert "<script" not in made.html
        assert "<img" not in made.html
        assert "{{ 7 * 7 }}" in made.html
        assert HOSTILE in made.text


@pytest.mark.parametrize("name", ["A & B <Clinic>", '" onload=x', "Größe ✓"])
def test_the_shops_name_is_escaped(app: Flask, name: str) -> None:
    app.config["SHOP_NAME"] = name
    html = sign_in().html
    assert "<Clinic>" not in html
    assert '" onload' not in html
    assert name in sign_in().text


def test_an_address_that_holds_a_quote_stays_one_address(app: Flask) -> None:
    html = sign_in(url='https://shop.example/"onclick="alert(1)').html
    assert "&#34;onclick=&#34;" in html
    assert '"onclick="' not in html


def test_a_mail_without_styles_still_reads_in_order(app: Flask) -> None:
    html = re.sub(r"<style>.*?</style>", "", sign_in().html, flags=re.DOTALL)
    body = html[html.index("<body") :]
    words = " ".join(re.sub(r"<[^>]+>", " ", body).split())
    assert words.startswith("Refillery Your link Open this link to sign in to your account")
    assert words.endswith("without it. Refillery")

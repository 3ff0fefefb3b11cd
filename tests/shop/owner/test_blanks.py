"""Blanks in the owner's texts: filled from the facts, and harmless whatever the facts hold."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from shop.owner.blanks import filled, plain
from shop.owner.facts import Facts
from shop.owner.markdown import html
from shop.owner.pages import PAGES, shipped

FACTS = Facts(
    trader_name="Salt *& Pepper* <Ltd>", trader_address="1 High Street\nLondon", trader_email="a_b_c@example.org"
)


@pytest.fixture(autouse=True)
def a_page(app: Flask) -> object:
    """A page is being made."""
    with app.test_request_context():
        yield


def test_what_the_facts_say_is_shown_as_it_is() -> None:
    made = html(filled("We are **{trader_name}**, {trader_address}.", FACTS))
    assert made == "<p>We are <strong>Salt *&amp; Pepper* &lt;Ltd&gt;</strong>, 1 High Street, London.</p>\n"


def test_an_address_in_a_link_stays_an_address() -> None:
    assert 'href="mailto:a_b_c@example.org"' in html(filled("[{trader_email}](mailto:{trader_email})", FACTS))


@pytest.mark.parametrize("name", ["](javascript:alert(1))", "<script>", "[x](javascript:alert(1))", "{vat_number}"])
def test_no_fact_becomes_more_than_text(name: str) -> None:
    made = html(filled("Hello [{trader_name}](/a)", Facts(trader_name=name)))
    assert "<script" not in made
    assert 'href="javascript' not in made


def test_a_line_with_a_fact_that_is_not_set_is_left_out() -> None:
    assert filled("Name: {shop_name}\nTelephone: {trader_phone}\nEnd", FACTS) == "Name: Refillery\nEnd"


def test_who_trades_is_never_empty() -> None:
    assert filled("{trader_name}, {trader_email}", Facts()) == "Refillery, shop@example.org"


def test_a_blank_that_we_do_not_know_stays_as_typed() -> None:
    assert (
        filled("{x} {Trader_Name} {} {trader_name.__class__}", FACTS) == "{x} {Trader_Name} {} {trader_name.__class__}"
    )


def test_whether_prices_include_vat_is_said_by_the_facts() -> None:
    assert filled("{vat_words}", Facts(vat_number="GB1")) == "Prices include VAT."
    assert "not registered for VAT" in filled("{vat_words}", Facts())


def test_links_hold_outside_the_shop_in_a_mail() -> None:
    assert filled("[terms]({terms_page})", FACTS) == "[terms](/terms)"
    assert filled("[terms]({terms_page})", FACTS, mailed=True) == "[terms](http://127.0.0.1:5000/terms)"


def test_a_reader_of_the_text_itself_sees_no_escapes() -> None:
    assert plain("{trader_name}", FACTS) == "Salt *& Pepper* <Ltd>"


@pytest.mark.parametrize("page", PAGES)
def test_no_blank_of_a_shipped_page_is_left_open(page: str) -> None:
    for facts in (Facts(), FACTS, Facts(*["x"] * 6)):
        assert not re.search(r"\{(?!drawing_)", filled(shipped(page).text, facts))
        assert "{" not in filled(shipped(page).text, facts, mailed=True)


def test_a_drawing_stands_on_a_page_and_not_in_a_mail() -> None:
    text = "One\n\n{drawing_roller}\n\nTwo {drawing_cat}"
    assert filled(text, FACTS) == text
    assert filled(text, FACTS, mailed=True) == "One\n\n\nTwo {drawing_cat}"

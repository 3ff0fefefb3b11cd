"""What a mail's text is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.work.mailing.layout import LONG_PART, Block, laid_out


def blocks(text: str) -> list[tuple[str, ...]]:
    """Kind and lines of each block, over all parts."""
    return [(block.kind, *block.lines) for part in laid_out(text) for block in part.blocks]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("One.\nTwo.\n\n\n \nThree.", [("words", "One.", "Two."), ("words", "Three.")]),
        ("Order R-1\n=========\n\nText.", [("heading", "Order R-1"), ("words", "Text.")]),
        ("Title\n=====\nRight under it.", [("heading", "Title"), ("words", "Right under it.")]),
        ("Part\n----\n\nText.", [("subheading", "Part"), ("words", "Text.")]),
        ("=====", [("words", "=====")]),
        ("- one\n- two\n  goes on\n- three", [("list", "one", "two goes on", "three")]),
        ("4. four\n5. five", [("numbered", "4", "four", "5", "five")]),
        ("- one\n1. first", [("list", "one"), ("numbered", "1", "first")]),
        ("Bring:\n- one", [("name", "Bring:"), ("list", "one")]),
        ("In this parcel:\n1 × roller\n1 × serum", [("name", "In this parcel:"), ("words", "1 × roller", "1 × serum")]),
        ("Your plan:\nhttps://x.example/1", [("button", "Your plan", "https://x.example/1")]),
        ("https://x.example/1", [("button", "Open the page", "https://x.example/1")]),
        ("https://x.example/1.pdf", [("button", "Open the PDF", "https://x.example/1.pdf")]),
        (
            f"To look at your plan{', and at others' * 3}:\nhttps://x.example/1",
            [("words", f"To look at your plan{', and at others' * 3}:"), ("button", "Open the page", "https://x.example/1")],
        ),
        ("Kit: £9.00\nDelivery: free\nPaid: £9.00", [("sums", "Kit", "£9.00", "Delivery", "free", "Paid", "£9.00")]),
        ("Total: £1,089.00", [("sums", "Total", "£1,089.00")]),
        ("Discount: −£5.00\nVAT: EUR\xa014.00", [("sums", "Discount", "−£5.00", "VAT", "EUR\xa014.00")]),
        ("Needed: Sun 4 April\nCharged: today", [("rows", "Needed", "Sun 4 April", "Charged", "today")]),
        ("Form.\nName:\nAddress:", [("words", "Form."), ("rows", "Name", "", "Address", "")]),
        ("A sentence: with a colon.", [("words", "A sentence: with a colon.")]),
        ("One.\nNeeded: now\nCosts: £4.00", [("words", "One."), ("rows", "Needed", "now", "Costs", "£4.00")]),
        ("Low: order more.\nSerum: 0 left\nRoller: 1 left",
         [("words", "Low: order more."), ("rows", "Serum", "0 left", "Roller", "1 left")]),
        ("At 10:30 we left.\nBy 11:45 we were there.", [("words", "At 10:30 we left.", "By 11:45 we were there.")]),
        ("javascript:alert(1)", [("words", "javascript:alert(1)")]),
        ("Go:\njavascript:alert(1)", [("name", "Go:"), ("words", "javascript:alert(1)")]),
        ("See https://x.example/1 for more.", [("words", "See https://x.example/1 for more.")]),
        ("", []),
        (" \n\n", []),
        ("a\r\nb\r\n\r\nc", [("words", "a", "b"), ("words", "c")]),
    ],
)  # fmt: skip
def test_a_text_is_made_of(text: str, made: list[tuple[str, ...]]) -> None:
    assert blocks(text) == made


def test_a_long_part_is_set_smaller_and_the_others_are_not() -> None:
    parts = laid_out(f"Hello.\n\nTerms\n=====\n\n{'A sentence. ' * (LONG_PART // 10)}\n\nWho we are\n=====\n\nWe.")
    assert [part.small for part in parts] == [False, True, False]


def test_a_long_letter_without_headings_is_not_small() -> None:
    assert [part.small for part in laid_out("A sentence. " * LONG_PART)] == [False]


MARKS = st.sampled_from(
    ["- ", "1. ", "2. ", "====", "----", ": ", ":", "https://x.example/", "£4.00", "  ", "\n", "\n\n"]
)


@given(st.lists(MARKS | st.text(max_size=8)).map("".join))
def test_whatever_the_text_no_word_is_lost_or_comes_twice(text: str) -> None:
    def letters(of: str) -> list[str]:
        return sorted(sign for sign in of if sign.isalpha())

    made = [block for part in laid_out(text) for block in part.blocks]
    shown = "".join("".join(_said(block)) for block in made)
    assert letters(shown) == letters(text)


def _said(block: Block) -> tuple[str, ...]:
    unnamed = block.kind == "button" and block.lines[0] == "Open the page"
    return block.lines[1:] if unnamed else block.lines

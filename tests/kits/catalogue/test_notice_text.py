"""The text of a notice: tidied for every page and mail, nothing of it lost."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kits.catalogue.first_kit import NOTICE
from kits.catalogue.notice_text import LONGEST, checked, tidied
from kits.errors import BadInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("One.\r\n\r\nTwo.\r\n", "One.\n\nTwo.\n"),
        ("  One\t two\u00a0three.  ", "One two three.\n"),
        ("One.\n\n\n\nTwo.", "One.\n\nTwo.\n"),
        ("If:\n- a;\n- b.\nThen stop.", "If:\n\n- a;\n- b. Then stop.\n"),
        ("- a\n  goes on\n- b", "- a goes on\n- b\n"),
        ("• a\n* b\n– c", "- a\n- b\n- c\n"),
        ("-a is no point", "-a is no point\n"),
        ("One\nline.", "One\nline.\n"),
        (" \n\t\n", ""),
    ],
)
def test_paragraphs_and_points_are_kept_apart_by_a_blank_line(typed: str, kept: str) -> None:
    assert tidied(typed) == kept


def test_the_first_notice_is_tidy() -> None:
    assert tidied(NOTICE) == NOTICE


@given(st.text(alphabet=st.sampled_from("ab.-* \n\r\t\u00a0"), max_size=80))
def test_tidying_loses_no_word_and_is_done_after_once(text: str) -> None:
    tidy = tidied(text)
    assert tidied(tidy) == tidy
    signs = str.maketrans("*", "-")
    assert "".join(tidy.translate(signs).split()) == "".join(text.translate(signs).split())


@given(st.text(max_size=60))
def test_what_is_published_is_tidy_and_readable(text: str) -> None:
    with suppress(BadInput):
        kept = checked(text)
        assert (tidied(kept), kept.replace("\n", "").isprintable()) == (kept, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write the text"),
        (" \r\n\t ", "Write the text"),
        ("a" * LONGEST, "under 5,000 characters"),
        ("a\0b", "cannot read"),
        ("a\ud800b", "cannot read"),
        ("a\u202eb", "cannot read"),
    ],
)
def test_a_text_that_cannot_be_a_notice_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        checked(text)
    assert refused.value.field == "text"


def test_the_longest_text_is_taken() -> None:
    assert len(checked("a" * (LONGEST - 1))) == LONGEST

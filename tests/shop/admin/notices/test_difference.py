"""What is otherwise in a text: lines, and words in a line that changed; nothing of either text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.admin.notices.difference import CHANGED, GONE, NEW, SAME, Line, difference

WORDS = st.text(alphabet=st.sampled_from("ab \n"), max_size=40)


def put_together(lines: list[Line], without: str) -> list[str]:
    """One of the two texts again: all lines but those, and those words, that are in the other alone."""
    kept = [[piece.text for piece in line.pieces if piece.kind != without] for line in lines if line.kind != without]
    return ["".join(pieces) for pieces in kept]


@given(WORDS, WORDS)
def test_both_texts_can_be_put_together_again(old: str, new: str) -> None:
    lines = difference(old, new)
    assert put_together(lines, NEW) == old.splitlines()
    assert put_together(lines, GONE) == new.splitlines()


@given(WORDS)
def test_nothing_differs_in_the_same_text(text: str) -> None:
    assert {line.kind for line in difference(text, text)} <= {SAME}


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("One.\nTwo.", "One.\nTwo.\nThree.", [SAME, SAME, NEW]),
        ("One.\nTwo.", "Two.", [GONE, SAME]),
        ("you are pregnant now", "you are pregnant or breastfeeding now", [CHANGED]),
        ("you are pregnant", "a wholly different sentence", [GONE, NEW]),
        ("", "One.", [NEW]),
    ],
)
def test_a_line_is_the_same_or_gone_or_new_or_changed(old: str, new: str, kinds: list[str]) -> None:
    assert [line.kind for line in difference(old, new)] == kinds


def test_a_changed_line_names_the_words() -> None:
    [line] = difference("you take blood thinners", "you take strong blood thinners")
    assert [(piece.kind, piece.text) for piece in line.pieces] == [
        (SAME, "you take "),
        (NEW, "strong "),
        (SAME, "blood thinners"),
    ]
